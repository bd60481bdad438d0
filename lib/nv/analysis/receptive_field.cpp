#include "nv/analysis/receptive_field.h"

#include <algorithm>

#include "nv/core/error.h"
#include "nv/core/index.h"
#include "nv/engine/at_layer.h"

namespace nv {

namespace {

/// Positions along an axis of an input, for each position along that axis of the output.
using SeenAlong = std::vector<std::vector<std::int64_t>>;

SeenAlong seen_along(const Layer& layer, std::span<const Shape> inputs, std::size_t k, int input_axis,
                     std::int64_t output_size) {
  SeenAlong all;
  std::vector<std::int64_t> whole;
  for (std::int64_t p = 0; p < inputs[k][input_axis]; ++p) whole.push_back(p);
  for (std::int64_t p = 0; p < output_size; ++p)
    all.push_back(layer.seen_along(inputs, k, input_axis, p).value_or(whole));
  return all;
}

/// Marks positions of the inputs of `node`, whose own seen positions are known.
class Backward {
 public:
  Backward(const Model& model, const Structure& structure, std::span<const Shape> shapes)
      : model_(model), structure_(structure), shapes_(shapes), seen_(model.nodes.size()) {
    for (std::size_t i = 0; i < seen_.size(); ++i) {
      const auto [height, width] = image_size(structure, shapes, i);
      seen_[i] = {height, width, std::vector<bool>(static_cast<std::size_t>(height * width), false)};
    }
  }

  std::vector<SeenPositions>& seen() { return seen_; }

  void pass(std::size_t node) {
    const std::vector<Value>& from = model_.nodes[node].inputs;
    if (from.empty() || seen_[node].count() == 0) return;
    std::vector<Shape> inputs;
    for (const Value& v : from) inputs.push_back(shapes_[as_index(v.node)]);
    for (std::size_t k = 0; k < from.size(); ++k) mark(node, inputs, k, seen_[as_index(from[k].node)]);
  }

 private:
  bool is_image(std::size_t node) const { return shapes_[node].rank() == 3; }

  void mark(std::size_t node, std::span<const Shape> inputs, std::size_t k, SeenPositions& to) const {
    const std::size_t from = as_index(model_.nodes[node].inputs[k].node);
    if (!is_image(node) || !is_image(from)) {
      std::fill(to.seen.begin(), to.seen.end(), true);
      return;
    }
    const SeenPositions& out = seen_[node];
    const int first = structure_.nodes[from].channels_first ? 1 : 0;
    const Layer& layer = *structure_.nodes[node].layer;
    const SeenAlong rows = seen_along(layer, inputs, k, first, out.height),
                    columns = seen_along(layer, inputs, k, first + 1, out.width);
    for (std::size_t r = 0; r < rows.size(); ++r)
      for (std::size_t c = 0; c < columns.size(); ++c) {
        if (!out.at(static_cast<std::int64_t>(r), static_cast<std::int64_t>(c))) continue;
        for (const std::int64_t y : rows[r])
          for (const std::int64_t x : columns[c]) to.seen[static_cast<std::size_t>(y * to.width + x)] = true;
      }
  }

  const Model& model_;
  const Structure& structure_;
  std::span<const Shape> shapes_;
  std::vector<SeenPositions> seen_;  // by node
};

}  // namespace

std::int64_t SeenPositions::count() const {
  return std::ranges::count(seen, true);
}

SeenPositions::Box SeenPositions::box() const {
  std::int64_t top = height, left = width, bottom = -1, right = -1;
  for (std::int64_t r = 0; r < height; ++r)
    for (std::int64_t c = 0; c < width; ++c) {
      if (!at(r, c)) continue;
      top = std::min(top, r);
      bottom = std::max(bottom, r);
      left = std::min(left, c);
      right = std::max(right, c);
    }
  if (bottom < 0) return {};
  return {top, left, bottom - top + 1, right - left + 1};
}

std::vector<Shape> output_shapes(const Model& model, const Structure& structure,
                                 std::span<const Shape> inputs) {
  std::vector<Shape> shapes(model.nodes.size());
  for (std::size_t p = 0; p < model.inputs.size(); ++p)
    shapes[as_index(model.inputs[p].value.node)] = inputs[p];
  for (std::size_t i = 0; i < model.nodes.size(); ++i) {
    const Node& node = model.nodes[i];
    if (node.inputs.empty()) continue;
    const NodeStructure& s = structure.nodes[i];
    if (!s.layer)
      throw Error(s.unsupported ? ErrorKind::unsupported : ErrorKind::input,
                  fmt::format("{}: {}", layer_place(model, i), s.problem), s.hint);
    std::vector<Shape> of;
    for (const Value& v : node.inputs) of.push_back(shapes[as_index(v.node)]);
    shapes[i] = at_layer(model, i, [&] { return s.layer->shape(of); });
  }
  return shapes;
}

std::array<std::int64_t, 2> image_size(const Structure& structure, std::span<const Shape> shapes,
                                       std::size_t node) {
  const Shape& shape = shapes[node];
  if (shape.rank() != 3) return {1, 1};
  const int first = structure.nodes[node].channels_first ? 1 : 0;
  return {shape[first], shape[first + 1]};
}

std::vector<SeenPositions> receptive_field(const Model& model, const Structure& structure,
                                           std::span<const Shape> shapes, std::size_t node, std::int64_t row,
                                           std::int64_t column) {
  Backward backward(model, structure, shapes);
  SeenPositions& unit = backward.seen()[node];
  if (row < 0 || row >= unit.height || column < 0 || column >= unit.width)
    throw_usage("{}: layer {} has no position {}, {}: its output is {}", model.file, model.nodes[node].path,
                row, column, shapes[node].str());
  unit.seen[static_cast<std::size_t>(row * unit.width + column)] = true;
  for (std::size_t i = node + 1; i-- > 0;) backward.pass(i);
  std::vector<SeenPositions> inputs;
  for (const Port& port : model.inputs) inputs.push_back(backward.seen()[as_index(port.value.node)]);
  return inputs;
}

}  // namespace nv
