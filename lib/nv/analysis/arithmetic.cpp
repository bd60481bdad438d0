#include "nv/analysis/arithmetic.h"

#include "nv/core/error.h"
#include "nv/core/text.h"

namespace nv {

namespace {

/// An item as rows x columns x channels.
class Image {
 public:
  Image(const Tensor& batch, bool channels_first) : data_(batch.data()), channels_first_(channels_first) {
    const Shape item = batch.shape().item();
    const int rank = item.rank(), first = channels_first ? 1 : 0;
    channels = channels_first ? item[0] : item.back();
    if (rank >= 2) columns = item[first + rank - 2];
    for (int a = 0; a + 2 < rank; ++a) rows *= item[first + a];
  }

  bool has(std::int64_t row, std::int64_t column) const {
    return row >= 0 && row < rows && column >= 0 && column < columns;
  }
  float at(std::int64_t row, std::int64_t column, std::int64_t channel) const {
    return channels_first_ ? data_[(channel * rows + row) * columns + column]
                           : data_[(row * columns + column) * channels + channel];
  }

  std::int64_t rows = 1, columns = 1, channels = 1;

 private:
  const float* data_;
  bool channels_first_;
};

bool is_dense(const LayerSpec& spec) {
  return spec.kind == "Dense";
}

bool is_depthwise(const LayerSpec& spec) {
  return spec.kind == "DepthwiseConv2D";
}

/// Step between the taps of a kernel of `taps` that covers `extent` positions.
std::int64_t dilation(std::int64_t extent, std::int64_t taps) {
  return taps > 1 ? (extent - 1) / (taps - 1) : 1;
}

}  // namespace

bool has_arithmetic(const Model& model, const Structure& structure, std::size_t node) {
  const LayerSpec& spec = model.layer_of(model.nodes[node]);
  const NodeStructure& s = structure.nodes[node];
  if (!s.layer || !s.output || spec.weights.empty()) return false;
  if (is_dense(spec)) return true;
  return (spec.kind == "Conv2D" || is_depthwise(spec)) && s.layer->window(s.inputs[0]).has_value();
}

Arithmetic arithmetic(const Engine& engine, const Trace& trace, std::size_t node, const KernelMaps& kernels,
                      std::int64_t channel, std::int64_t row, std::int64_t column) {
  const Model& model = engine.model();
  const Node& n = model.nodes[node];
  const LayerSpec& spec = model.layer_of(n);
  const NodeStructure& s = engine.structure().nodes[node];
  if (!has_arithmetic(model, engine.structure(), node))
    throw_usage("layer {} is no convolution of images and no dense layer", one_line(n.path));
  const Image out(trace.outputs[node], s.channels_first);
  const Image in(trace.outputs[static_cast<std::size_t>(n.inputs[0].node)], s.channels_first);
  if (!out.has(row, column) || channel < 0 || channel >= out.channels)
    throw_usage("layer {} has no value at channel {}, ({}, {})", one_line(n.path), channel, row, column);

  const SpatialWindow window = is_dense(spec) ? SpatialWindow{} : *s.layer->window(s.inputs[0]);
  Arithmetic a;
  a.value = out.at(row, column, channel);
  a.activation = std::string(s.layer->activation());
  a.height = kernels.rows;
  a.width = kernels.cols;
  a.channels = kernels.inputs;
  // The first input channel: those of the filter's group, or of the depthwise filter.
  const std::int64_t first =
      is_depthwise(spec) ? channel / (kernels.filters / in.channels)
                         : channel / (kernels.filters / (in.channels / kernels.inputs)) * kernels.inputs;
  const std::int64_t down = dilation(window.size[0], kernels.rows),
                     right = dilation(window.size[1], kernels.cols);
  const std::int64_t top = is_dense(spec) ? row : row * window.stride[0] - window.before[0];
  const std::int64_t left = is_dense(spec) ? column : column * window.stride[1] - window.before[1];
  const std::int64_t area = kernels.rows * kernels.cols;
  for (std::int64_t y = 0; y < kernels.rows; ++y)
    for (std::int64_t x = 0; x < kernels.cols; ++x)
      for (std::int64_t c = 0; c < kernels.inputs; ++c) {
        const std::int64_t at_row = top + y * down, at_column = left + x * right;
        const float value = in.has(at_row, at_column) ? in.at(at_row, at_column, first + c) : 0;
        const float weight = kernels.values[static_cast<std::size_t>((channel * kernels.inputs + c) * area +
                                                                     y * kernels.cols + x)];
        a.patch.push_back(value);
        a.kernel.push_back(weight);
        a.sum += static_cast<double>(value) * static_cast<double>(weight);
      }
  if (spec.weights.size() > 1) a.bias = spec.weights.back().data->read()[channel];
  return a;
}

}  // namespace nv
