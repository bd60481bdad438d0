// Frozen parts of outputs: checked, and replaced by zeros.
#include <algorithm>
#include <set>

#include "nv/core/error.h"
#include "nv/engine/at_layer.h"
#include "nv/engine/engine.h"

namespace nv {

void check_channels(const Model& model, const Structure& structure, const Frozen& frozen) {
  const NodeStructure& s = structure.nodes.at(frozen.node);
  if (!s.output || s.output->empty()) throw_usage("{} has no channels", layer_place(model, frozen.node));
  const std::int64_t channels = s.channels_first ? (*s.output)[0] : s.output->back();
  for (std::int64_t c : frozen.channels)
    if (c < 0 || (channels != Shape::unknown && c >= channels))
      throw_no_channel(model, frozen.node, c, channels);
}

void throw_no_channel(const Model& model, std::size_t node, std::int64_t channel, std::int64_t channels) {
  throw Error(ErrorKind::usage, fmt::format("{} has no channel {}", layer_place(model, node), channel),
              fmt::format("it has {}: 0 to {}", channels, channels - 1));
}

std::vector<std::int64_t> Engine::frozen_channels(std::size_t node) const {
  std::set<std::int64_t> channels;
  for (const Frozen& f : frozen_)
    if (f.node == node) channels.insert(f.channels.begin(), f.channels.end());
  return {channels.begin(), channels.end()};
}

void Engine::freeze(std::vector<Frozen> frozen) {
  for (const Frozen& f : frozen) check_channels(model_, structure_, f);
  frozen_ = std::move(frozen);
  forget_plans();
}

Tensor Engine::zeroed(const Frozen& frozen, const Tensor& output) const {
  Tensor result = output.clone();
  const Shape& shape = result.shape();
  const bool first = structure_.nodes[frozen.node].channels_first && shape.rank() > 2;
  const std::int64_t channels = first ? shape[1] : shape.back();
  // A channel is in blocks of `length` numbers, one block per channel in turn.
  std::int64_t length = 1;
  if (first)
    for (int axis = 2; axis < shape.rank(); ++axis) length *= shape[axis];
  for (std::int64_t c : frozen.channels) {
    if (c >= channels)
      throw_no_channel(model_, frozen.node, c, channels);  // the model does not declare their number
    for (std::int64_t at = c * length; at < result.size(); at += channels * length)
      std::fill_n(result.data() + at, length, 0.0F);
  }
  const std::int64_t item = result.size() / std::max<std::int64_t>(shape[0], 1);
  for (std::int64_t u : frozen.units)
    for (std::int64_t at = u; u < item && at < result.size(); at += item) result[at] = 0;
  return result;
}

Tensor Engine::without_frozen(std::size_t i, const Tensor& output) const {
  Tensor result = output;
  for (const Frozen& f : frozen_)
    if (f.node == i) result = zeroed(f, result);
  return result;
}

}  // namespace nv
