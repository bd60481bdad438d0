#include "nv/analysis/mutation/filters.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "nv/analysis/statistics.h"
#include "nv/core/error.h"
#include "nv/engine/engine.h"
#include "nv/model/held_weight.h"

namespace nv {

namespace {

/// Places of one channel's numbers in a weight: runs of `run` numbers at `offset`, offset + step, ...; and
/// the number of channels of the weight.
struct Places {
  std::int64_t offset = 0, step = 1, run = 1, channels = 0;
};

bool starts(std::string_view text, std::string_view with) {
  return text.starts_with(with);
}

/// Places of `channel` in a weight of that shape; nullopt if no part of the weight belongs to one channel
/// only (the depthwise kernel of a separable layer).
std::optional<Places> places(std::string_view kind, std::string_view name, const Shape& shape,
                             std::int64_t channel) {
  const std::size_t slash = name.rfind('/');
  if (slash != std::string_view::npos) name.remove_prefix(slash + 1);
  if (shape.empty()) return std::nullopt;
  if (name == "depthwise_kernel" && !starts(kind, "Depthwise")) return std::nullopt;
  if (name == "depthwise_kernel")  // (..., in, multiplier): output channel in * multiplier + m
    return Places{channel, shape[-1] * shape[-2], 1, shape[-1] * shape[-2]};
  if (name == "kernel" && kind.find("Transpose") != std::string_view::npos)  // (..., out, in)
    return Places{channel * shape[-1], shape[-1] * shape[-2], shape[-1], shape[-2]};
  return Places{channel, shape.back(), 1, shape.back()};
}

bool per_channel(std::string_view kind) {
  for (std::string_view k :
       {"Dense", "Conv1D", "Conv2D", "Conv3D", "Conv1DTranspose", "Conv2DTranspose", "Conv3DTranspose",
        "SeparableConv1D", "SeparableConv2D", "DepthwiseConv1D", "DepthwiseConv2D", "BatchNormalization"})
    if (kind == k) return true;
  return false;
}

}  // namespace

bool has_filters(const LayerSpec& spec) {
  return per_channel(spec.kind) && !spec.weights.empty();
}

std::shared_ptr<const WeightData> held(Tensor numbers) {
  return std::make_shared<HeldWeight>(std::move(numbers));
}

std::int64_t channels_of(const Model& model, const Structure& structure, std::size_t node) {
  const NodeStructure& s = structure.nodes[node];
  if (const std::int64_t known = channels_of(s); known > 0) return known;
  const LayerSpec& spec = model.layer_of(model.nodes[node]);
  const std::vector<WeightSpec> expected = expected_weights(s);
  if (!has_filters(spec) || !weight_problem(spec, expected).empty()) return 0;
  for (std::size_t w = 0; w < expected.size(); ++w)
    if (const auto at = places(spec.kind, expected[w].name, spec.weights[w].shape, 0)) return at->channels;
  return 0;
}

std::int64_t channels_of(const NodeStructure& node) {
  if (!node.output || node.output->empty()) return 0;
  return std::max<std::int64_t>(channel_count(*node.output, node.channels_first), 0);
}

void change_filter(Model& model, const Structure& structure, std::size_t node, std::int64_t channel,
                   const std::function<void(std::string_view name, std::span<float> numbers)>& change) {
  LayerSpec& spec = model.layers[static_cast<std::size_t>(model.nodes[node].layer)];
  const NodeStructure& s = structure.nodes[node];
  if (!has_filters(spec) || !s.layer)
    throw Error(ErrorKind::usage,
                fmt::format("{}: layer {} ({}) has no filters of its own", model.file, spec.path, spec.kind),
                "--freeze-as output takes any layer with channels");
  check_channels(model, structure, {node, {channel}});
  const std::vector<WeightSpec> expected = expected_weights(s);
  if (const std::string problem = weight_problem(spec, expected); !problem.empty())
    throw_input("{}: layer {} ({}): {}", model.file, spec.path, spec.kind, problem);
  std::vector<std::optional<Places>> all;
  for (std::size_t w = 0; w < spec.weights.size(); ++w) {
    // The model may leave the number of channels open; the file's weights do not.
    all.push_back(places(spec.kind, expected[w].name, spec.weights[w].shape, channel));
    if (all[w] && (channel < 0 || channel >= all[w]->channels))
      throw_no_channel(model, node, channel, all[w]->channels);
  }
  for (std::size_t w = 0; w < spec.weights.size(); ++w) {
    const std::optional<Places>& at = all[w];
    if (!at) continue;
    Tensor numbers = spec.weights[w].data->read().clone();
    std::vector<float> part;
    for (std::int64_t i = at->offset; i < numbers.size(); i += at->step)
      part.insert(part.end(), numbers.data() + i, numbers.data() + i + at->run);
    change(expected[w].name, part);
    std::size_t next = 0;
    for (std::int64_t i = at->offset; i < numbers.size();
         i += at->step, next += static_cast<std::size_t>(at->run))
      std::copy_n(part.begin() + static_cast<std::ptrdiff_t>(next), at->run, numbers.data() + i);
    spec.weights[w].data = held(std::move(numbers));
  }
}

}  // namespace nv
