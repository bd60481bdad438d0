// Operations on pictures: pooling and resizing as the layers do it, grey from RGB, channels to positions and
// back.
#include <array>
#include <nlohmann/json.hpp>

#include "nv/core/error.h"
#include "nv/layers/common/shapes.h"
#include "nv/layers/kinds.h"
#include "nv/layers/operations.h"
#include "nv/layers/operations/view_operation.h"

namespace nv {
namespace {

using Json = nlohmann::ordered_json;

/// What the layer of one to three axes does that fits the input.
class PoolOperation final : public Layer {
 public:
  PoolOperation(Options& o, std::array<LayerMaker, 3> makers) {
    LayerSpec spec;
    Json config = Json::object();
    for (const char* key : {"pool_size", "strides", "padding", "data_format"})
      if (const Json* value = o.json(key)) config[key] = *value;
    spec.config = Config(config);
    const auto fits = [&](const char* key, std::size_t axes) {
      const auto at = config.find(key);
      return at == config.end() || !at->is_array() || at->size() == axes;
    };
    for (std::size_t axes = 1; axes <= 3; ++axes) {
      if (!fits("pool_size", axes) || !fits("strides", axes)) continue;
      Options options(spec, o.origin());
      layers_[axes - 1] = makers[axes - 1](options);
    }
  }

  Shape shape(std::span<const Shape> inputs) const override { return of(single_input(inputs)).shape(inputs); }
  Tensor forward(std::span<const Tensor> inputs, Context& context) const override {
    return of(inputs[0].shape().item()).forward(inputs, context);
  }
  std::vector<Tensor> vjp(std::span<const Tensor> inputs, const Tensor& output, const Tensor& d_output,
                          Context& context) const override {
    return of(inputs[0].shape().item()).vjp(inputs, output, d_output, context);
  }
  std::optional<Window> window(const Shape& input) const override { return of(input).window(input); }

 private:
  const Layer& of(const Shape& item) const {
    const auto axes = static_cast<std::size_t>(item.rank()) - 1;
    if (axes < 1 || axes > 3 || layers_[axes - 1] == nullptr)
      throw_input("its window does not fit an input of {}", item.str());
    return *layers_[axes - 1];
  }

  std::array<std::unique_ptr<Layer>, 3> layers_;  // by axes
};

/// 0.2989 R + 0.587 G + 0.114 B, as TensorFlow's rgb_to_grayscale has it.
class RgbToGrayscale final : public Layer {
 public:
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
      y[i] = x[0] * share[0] + x[1] * share[1] + x[2] * share[2];
    return y;
  }

  std::vector<Tensor> vjp(std::span<const Tensor> inputs, const Tensor&, const Tensor& d_output,
                          Context&) const override {
    Tensor d(inputs[0].shape());
    for (std::int64_t i = 0; i < d.size(); ++i)
      d[i] = d_output[i / 3] * share[static_cast<std::size_t>(i % 3)];
    return {d};
  }

  std::optional<Window> window(const Shape&) const override { return Window{}; }

 private:
  static constexpr std::array<float, 3> share{0.2989F, 0.587F, 0.114F};
};

std::int64_t block_size(Options& o) {
  o.choice("data_format", "channels_last", {"channels_last"});
  const std::int64_t block = o.integer("block_size");
  if (block < 1 || block > (1 << 15)) throw_input("option block_size is {}", block);
  return block;
}

/// Height, width and channels of a picture with open sizes as unknown.
std::array<std::int64_t, 3> picture_sizes(const Shape& item) {
  if (item.rank() != 3) throw_input("it takes pictures (height, width, channels), not {}", item.str());
  return {item[0], item[1], item[2]};
}

std::int64_t divided(std::int64_t size, std::int64_t by) {
  if (size == Shape::unknown) return size;
  if (size % by != 0) throw_input("an axis of {} does not make blocks of {}", size, by);
  return size / by;
}
std::int64_t times(std::int64_t size, std::int64_t by) {
  return size == Shape::unknown ? size : product({size, by});
}

std::unique_ptr<Layer> make_pool(Options& o, std::array<LayerMaker, 3> makers) {
  o.ignore({"x"});
  return std::make_unique<PoolOperation>(o, makers);
}

}  // namespace

std::unique_ptr<Layer> make_max_pool_operation(Options& o) {
  return make_pool(o, {make_max_pooling1d, make_max_pooling2d, make_max_pooling3d});
}
std::unique_ptr<Layer> make_average_pool_operation(Options& o) {
  return make_pool(o, {make_average_pooling1d, make_average_pooling2d, make_average_pooling3d});
}

std::unique_ptr<Layer> make_resize_operation(Options& o) {
  o.ignore({"x"});
  const std::vector<std::int64_t> size = o.integers("size");
  if (size.size() != 2) throw_unsupported("option size is not a height and a width");
  LayerSpec spec;
  Json config{{"height", size[0]}, {"width", size[1]}};
  for (const char* key : {"interpolation", "antialias", "crop_to_aspect_ratio", "pad_to_aspect_ratio",
                          "fill_mode", "fill_value", "data_format"})
    if (const Json* value = o.json(key)) config[key] = *value;
  spec.config = Config(std::move(config));
  Options options(spec, o.origin());
  return make_resizing(options);
}

std::unique_ptr<Layer> make_rgb_to_grayscale(Options& o) {
  o.ignore({"x"});
  o.choice("data_format", "channels_last", {"channels_last"});
  return std::make_unique<RgbToGrayscale>();
}

/// y[h b + i, w b + j, c] = x[h, w, (i b + j) C + c].
std::unique_ptr<Layer> make_depth_to_space(Options& o) {
  o.ignore({"x"});
  const std::int64_t b = block_size(o);
  return view_operation([b](const Shape& item) {
    const auto [h, w, d] = picture_sizes(item);
    const std::int64_t c = divided(d, b * b), row = times(d, w);
    ItemView p;
    p.shape = {times(h, b), times(w, b), c};
    p.view.axes = {{h, row}, {b, times(c, b)}, {w, d}, {b, c}, {c, 1}};
    return p;
  });
}

/// y[h, w, (i b + j) C + c] = x[h b + i, w b + j, c].
std::unique_ptr<Layer> make_space_to_depth(Options& o) {
  o.ignore({"x"});
  const std::int64_t b = block_size(o);
  return view_operation([b](const Shape& item) {
    const auto [h, w, c] = picture_sizes(item);
    const std::int64_t rows = divided(h, b), columns = divided(w, b), row = times(c, w);
    ItemView p;
    p.shape = {rows, columns, times(c, b * b)};
    p.view.axes = {{rows, times(row, b)}, {columns, times(c, b)}, {b, row}, {b, c}, {c, 1}};
    return p;
  });
}

}  // namespace nv
