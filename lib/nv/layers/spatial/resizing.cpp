// Resizing and CenterCrop.
#include <algorithm>

#include "nv/core/error.h"
#include "nv/core/text.h"
#include "nv/kernels/resize.h"
#include "nv/kernels/shift.h"
#include "nv/layers/common/shapes.h"
#include "nv/layers/common/sliding_windows.h"
#include "nv/layers/spatial/channels_first.h"
#include "nv/layers/spatial/convolution.h"

namespace nv {
namespace {

/// The region that is resized, by axis [height, width]: a part of the image or, with a negative `start`, the
/// image with a margin around it.
struct Frame {
  std::array<std::int64_t, 2> size, start{0, 0};
};

/// The size of one axis that keeps the target's aspect ratio if the other axis has `size`; in float32 as in
/// Keras.
std::int64_t in_ratio(std::int64_t size, std::int64_t target, std::int64_t other_target) {
  const float n = static_cast<float>(product({size, target})) / static_cast<float>(other_target);
  return static_cast<std::int64_t>(std::min(n, 4e9F));
}

using ImageSize = std::array<std::int64_t, 2>;

Frame whole(const ImageSize& image, const ImageSize&) {
  return {image};
}

/// The largest centred part with the target's aspect ratio.
Frame cropped(const ImageSize& image, const ImageSize& target) {
  Frame f;
  for (std::size_t a = 0; a < 2; ++a) {
    f.size[a] =
        std::max<std::int64_t>(std::min(image[a], in_ratio(image[1 - a], target[a], target[1 - a])), 1);
    f.start[a] = (image[a] - f.size[a]) / 2;
  }
  return f;
}

/// The smallest region around the image with the target's aspect ratio. Both margins have equal width, so
/// that it may be one pixel too small.
Frame padded(const ImageSize& image, const ImageSize& target) {
  Frame f;
  for (std::size_t a = 0; a < 2; ++a) {
    const std::int64_t size = std::max(image[a], in_ratio(image[1 - a], target[a], target[1 - a]));
    f.start[a] = -((size - image[a]) / 2);
    f.size[a] = image[a] - 2 * f.start[a];
  }
  return f;
}

/// The centred part of the target's size if the image is large enough, else as `cropped`.
Frame centred(const ImageSize& image, const ImageSize& target) {
  if (image[0] < target[0] || image[1] < target[1]) return cropped(image, target);
  return {target, {(image[0] - target[0]) / 2, (image[1] - target[1]) / 2}};
}

/// Cuts a frame out of the image, or pads the image to it, and resizes it to the options height and width.
class Resizing final : public Layer {
 public:
  using FindFrame = Frame (*)(const ImageSize& image, const ImageSize& target);

  Resizing(LayerOptions& o, FindFrame frame, Resampler resampler, float fill)
      : size_{positive(o, "height"), positive(o, "width")},
        frame_(frame),
        resampler_(resampler),
        fill_(fill) {}

  Shape shape(std::span<const Shape> inputs) const override {
    const Shape& in = single_input(inputs, 3);
    if (in[0] == 0 || in[1] == 0) throw_input("it takes an image of at least one pixel, not {}", in.str());
    return {size_[0], size_[1], in[2]};
  }

  Tensor forward(std::span<const Tensor> inputs, Context& context) const override {
    const Shape& in = inputs[0].shape();
    const Frame f = frame_({in[1], in[2]}, size_);
    Tensor framed = inputs[0];
    if (f.size != ImageSize{in[1], in[2]}) {
      framed = Tensor(Shape{in[0], f.size[0], f.size[1], in[3]});
      shift({1, in[1], in[2]}, {1, f.size[0], f.size[1]}, {0, -f.start[0], -f.start[1]}, in[3], in[0],
            inputs[0].data(), framed.data(), context.pool, fill_);
    }
    if (f.size == size_) return framed;
    Tensor y(Shape{in[0], size_[0], size_[1], in[3]});
    resize(resampler_(f.size[0], size_[0]), resampler_(f.size[1], size_[1]), in[3], in[0], framed.data(),
           y.data(), context.pool);
    return y;
  }

  std::vector<Tensor> vjp(std::span<const Tensor> inputs, const Tensor&, const Tensor& d,
                          Context& context) const override {
    const Shape& in = inputs[0].shape();
    const Frame f = frame_({in[1], in[2]}, size_);
    Tensor d_framed = d;
    if (f.size != size_) {
      d_framed = Tensor(Shape{in[0], f.size[0], f.size[1], in[3]});
      resize(resampler_(f.size[0], size_[0]).transposed(), resampler_(f.size[1], size_[1]).transposed(),
             in[3], in[0], d.data(), d_framed.data(), context.pool);
    }
    if (f.size == ImageSize{in[1], in[2]}) return {d_framed};
    Tensor dx(in);
    shift({1, f.size[0], f.size[1]}, {1, in[1], in[2]}, {0, f.start[0], f.start[1]}, in[3], in[0],
          d_framed.data(), dx.data(), context.pool);
    return {dx};
  }

  /// One pixel per position if nothing is resized, else unknown.
  std::optional<SpatialWindow> window(const Shape& input) const override {
    if (input.rank() != 3 || !input.known()) return std::nullopt;
    const Frame f = frame_({input[0], input[1]}, size_);
    if (f.size != size_) return std::nullopt;
    return SpatialWindow{{1, 1}, {1, 1}, {-f.start[0], -f.start[1]}};
  }

  Positions seen_along(std::span<const Shape> inputs, std::size_t, int axis,
                       std::int64_t position) const override {
    if (axis > 1) return std::nullopt;
    const auto a = static_cast<std::size_t>(axis);
    const Frame f = frame_({inputs[0][0], inputs[0][1]}, size_);
    std::vector<std::int64_t> framed{position};
    if (f.size != size_) framed = resampler_(f.size[a], size_[a]).seen(position);
    std::vector<std::int64_t> seen;
    for (const std::int64_t p : framed)
      if (p + f.start[a] >= 0 && p + f.start[a] < inputs[0][axis]) seen.push_back(p + f.start[a]);
    return seen;
  }

 private:
  ImageSize size_;
  FindFrame frame_;
  Resampler resampler_;
  float fill_;
};

std::unique_ptr<Layer> make_resizing(LayerOptions& o) {
  const std::string method = o.text("interpolation", "bilinear");
  const Resampler found = o.flag("antialias", false) ? antialiased_resampler(method) : resampler(method);
  if (found == nullptr)
    throw_unsupported("option interpolation: '{}' is not supported", shortened(one_line(method), 40));
  o.choice("fill_mode", "constant", {"constant"});
  const auto fill = static_cast<float>(o.number("fill_value", 0.0));
  const bool crop = o.flag("crop_to_aspect_ratio", false), pad = o.flag("pad_to_aspect_ratio", false);
  if (crop && pad) throw_input("options crop_to_aspect_ratio and pad_to_aspect_ratio exclude each other");
  return in_data_format(o, std::make_unique<Resizing>(o, crop ? cropped : pad ? padded : whole, found, fill));
}

std::unique_ptr<Layer> make_center_crop(LayerOptions& o) {
  return in_data_format(o, std::make_unique<Resizing>(o, centred, bilinear_resampling, 0.0F));
}

}  // namespace

std::vector<LayerKind> resizing_kinds() {
  return {{"CenterCrop", make_center_crop}, {"Resizing", make_resizing}};
}

}  // namespace nv
