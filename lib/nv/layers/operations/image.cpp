// Operations on images: pooling and resizing by the layers of that name, RGB to grey, depth to space and
// back.
#include <array>
#include <nlohmann/json.hpp>

#include "nv/core/error.h"
#include "nv/layers/common/shapes.h"
#include "nv/layers/operations/operation_kinds.h"
#include "nv/layers/operations/view_operation.h"
#include "nv/layers/registry.h"

namespace nv {
namespace {

using Json = nlohmann::ordered_json;

/// MaxPool or AveragePool: the pooling layer of 1D, 2D or 3D that fits the input's rank.
class PoolOperation final : public Layer {
 public:
  PoolOperation(LayerOptions& o, std::string_view kind) {
    Json config = Json::object();
    for (const char* key : {"pool_size", "strides", "padding", "data_format"})
      if (const Json* value = o.json(key)) config[key] = *value;
    const auto fits = [&](const char* key, std::size_t axes) {
      const auto at = config.find(key);
      return at == config.end() || !at->is_array() || at->size() == axes;
    };
    for (std::size_t axes = 1; axes <= 3; ++axes)
      if (fits("pool_size", axes) && fits("strides", axes))
        layers_[axes - 1] = make_layer(fmt::format("{}{}D", kind, axes), Config(config), o.origin());
  }

  Shape shape(std::span<const Shape> inputs) const override {
    return layer_for(single_input(inputs)).shape(inputs);
  }
  Tensor forward(std::span<const Tensor> inputs, Context& context) const override {
    return layer_for(inputs[0].shape().item()).forward(inputs, context);
  }
  std::vector<Tensor> vjp(std::span<const Tensor> inputs, const Tensor& output, const Tensor& d_output,
                          Context& context) const override {
    return layer_for(inputs[0].shape().item()).vjp(inputs, output, d_output, context);
  }
  std::optional<SpatialWindow> window(const Shape& input) const override {
    return layer_for(input).window(input);
  }
  Positions seen_along(std::span<const Shape> inputs, std::size_t k, int axis,
                       std::int64_t position) const override {
    return layer_for(inputs[k]).seen_along(inputs, k, axis, position);
  }

 private:
  const Layer& layer_for(const Shape& item) const {
    const auto axes = static_cast<std::size_t>(item.rank()) - 1;
    if (axes < 1 || axes > 3 || layers_[axes - 1] == nullptr)
      throw_input("its window does not fit an input of {}", item.str());
    return *layers_[axes - 1];
  }

  std::array<std::unique_ptr<Layer>, 3> layers_;  // by axes
};

/// 0.2989 R + 0.587 G + 0.114 B, as TensorFlow's rgb_to_grayscale.
class RgbToGrayscale final : public Layer {
 public:
  explicit RgbToGrayscale(LayerOptions& o) { o.choice("data_format", "channels_last", {"channels_last"}); }

  Shape shape(std::span<const Shape> inputs) const override {
    Shape out = single_input(inputs);
    if (out.rank() < 1 || (out.back() != 3 && out.back() != Shape::unknown))
      throw_input("it takes three channels, not {}", out.str());
    out[-1] = 1;
    return out;
  }

  Tensor forward(std::span<const Tensor> inputs, Context&) const override {
    const std::array item{inputs[0].shape().item()};
    Tensor y(shape(item).batched(inputs[0].shape()[0]));
    const float* x = inputs[0].data();
    for (std::int64_t i = 0; i < y.size(); ++i, x += 3)
      y[i] = x[0] * luma[0] + x[1] * luma[1] + x[2] * luma[2];
    return y;
  }

  std::vector<Tensor> vjp(std::span<const Tensor> inputs, const Tensor&, const Tensor& d_output,
                          Context&) const override {
    Tensor d(inputs[0].shape());
    for (std::int64_t i = 0; i < d.size(); ++i)
      d[i] = d_output[i / 3] * luma[static_cast<std::size_t>(i % 3)];
    return {d};
  }

  std::optional<SpatialWindow> window(const Shape&) const override { return SpatialWindow{}; }

 private:
  static constexpr std::array<float, 3> luma{0.2989F, 0.587F, 0.114F};
};

/// Size `n` times or divided by `by`; unknown stays unknown.
std::int64_t times(std::int64_t n, std::int64_t by) {
  return n == Shape::unknown ? n : product({n, by});
}
std::int64_t divided(std::int64_t n, std::int64_t by) {
  if (n == Shape::unknown) return n;
  if (n % by != 0) throw_input("an axis of {} cannot be divided into blocks of {}", n, by);
  return n / by;
}

/// Moves between channels and blocks of b x b positions.
class BlockOperation : public ViewOperation {
 public:
  explicit BlockOperation(LayerOptions& o) {
    o.choice("data_format", "channels_last", {"channels_last"});
    block_ = o.integer("block_size");
    if (block_ < 1 || block_ > (1 << 15)) throw_input("option block_size is {}", block_);
  }

 protected:
  /// Height, width and channels of an item.
  static std::array<std::int64_t, 3> image_sizes(const Shape& item) {
    if (item.rank() != 3) throw_input("it takes pictures (height, width, channels), not {}", item.str());
    return {item[0], item[1], item[2]};
  }

  std::int64_t block_ = 1;
};

/// y[h b + i, w b + j, c] = x[h, w, (i b + j) C + c].
class DepthToSpace final : public BlockOperation {
 public:
  using BlockOperation::BlockOperation;

 private:
  ItemView view(const Shape& item) const override {
    const std::int64_t b = block_;
    const auto [h, w, d] = image_sizes(item);
    const std::int64_t c = divided(d, b * b), row = times(d, w);
    ItemView result;
    result.shape = {times(h, b), times(w, b), c};
    result.view.axes = {{h, row}, {b, times(c, b)}, {w, d}, {b, c}, {c, 1}};
    return result;
  }
};

/// y[h, w, (i b + j) C + c] = x[h b + i, w b + j, c].
class SpaceToDepth final : public BlockOperation {
 public:
  using BlockOperation::BlockOperation;

 private:
  ItemView view(const Shape& item) const override {
    const std::int64_t b = block_;
    const auto [h, w, c] = image_sizes(item);
    const std::int64_t rows = divided(h, b), columns = divided(w, b), row = times(c, w);
    ItemView result;
    result.shape = {rows, columns, times(c, b * b)};
    result.view.axes = {{rows, times(row, b)}, {columns, times(c, b)}, {b, row}, {b, c}, {c, 1}};
    return result;
  }
};

std::unique_ptr<Layer> make_max_pool(LayerOptions& o) {
  return std::make_unique<PoolOperation>(o, "MaxPooling");
}
std::unique_ptr<Layer> make_average_pool(LayerOptions& o) {
  return std::make_unique<PoolOperation>(o, "AveragePooling");
}

std::unique_ptr<Layer> make_resize(LayerOptions& o) {
  const std::vector<std::int64_t> size = o.integers("size");
  if (size.size() != 2) throw_unsupported("option size is not a height and a width");
  Json config{{"height", size[0]}, {"width", size[1]}};
  for (const char* key : {"interpolation", "antialias", "crop_to_aspect_ratio", "pad_to_aspect_ratio",
                          "fill_mode", "fill_value", "data_format"})
    if (const Json* value = o.json(key)) config[key] = *value;
  return make_layer("Resizing", Config(std::move(config)), o.origin());
}

}  // namespace

std::vector<OperationKind> image_operations() {
  const std::vector<std::string_view> pool{"x", "pool_size", "strides", "padding", "data_format"};
  return {{"AveragePool", "nn", pool, make_average_pool},
          {"DepthToSpace", "nn", {"x", "block_size", "data_format"}, make<DepthToSpace>},
          {"MaxPool", "nn", pool, make_max_pool},
          {"RGBToGrayscale", "image", {"x", "data_format"}, make<RgbToGrayscale>},
          {"Resize", "image", {"x", "size"}, make_resize},
          {"SpaceToDepth", "nn", {"x", "block_size", "data_format"}, make<SpaceToDepth>}};
}

}  // namespace nv
