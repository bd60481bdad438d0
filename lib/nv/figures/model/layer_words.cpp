#include "nv/figures/model/layer_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>
#include <vector>

#include "nv/analysis/families.h"
#include "nv/core/sizes.h"

namespace nv::figures {

namespace {

/// Sizes along the axes of a window, and its strides if they are neither 1 nor, for pooling, the window.
struct Window {
  std::vector<std::int64_t> size, stride;
};

/// The integers of an option; none if it is missing or anything else.
std::vector<std::int64_t> integers(const nlohmann::ordered_json& config, const char* key) {
  std::vector<std::int64_t> numbers;
  const auto at = config.find(key);
  if (at == config.end() || !at->is_array()) return numbers;
  for (const auto& n : *at) {
    if (!n.is_number_integer()) return {};
    numbers.push_back(n.get<std::int64_t>());
  }
  return numbers;
}

bool all_equal(const std::vector<std::int64_t>& numbers) {
  return std::adjacent_find(numbers.begin(), numbers.end(), std::not_equal_to<>()) == numbers.end();
}

/// nullopt for kinds without a window.
std::optional<Window> window_of(const Inspection& in, std::size_t i) {
  const LayerSpec& spec = in.model.layer_of(in.model.nodes[i]);
  const NodeStructure& s = in.structure.nodes[i];
  const LayerFamily family = family_of(spec.kind);
  const bool pools = family == LayerFamily::pooling;
  if (!pools && family != LayerFamily::convolution && family != LayerFamily::depthwise) return std::nullopt;
  if (spec.kind.starts_with("Global")) return std::nullopt;
  Window window{integers(spec.config.json(), pools ? "pool_size" : "kernel_size"), {}};
  const auto known = s.layer && !s.inputs.empty() ? s.layer->window(s.inputs[0]) : std::nullopt;
  if (window.size.empty() && known) window.size.assign(known->size.begin(), known->size.end());
  window.stride = integers(spec.config.json(), "strides");
  if (window.stride.empty() && known) window.stride.assign(known->stride.begin(), known->stride.end());
  const bool one =
      std::all_of(window.stride.begin(), window.stride.end(), [](std::int64_t n) { return n == 1; });
  if (one || (pools && window.stride == window.size)) window.stride.clear();
  return window;
}

/// " /2", " /2 × 1", or "" for no stride.
std::string stride_words(const Window& window, std::string_view joint) {
  if (window.stride.empty()) return {};
  const bool square = all_equal(window.stride);
  return fmt::format("{}/{}", joint,
                     square ? fmt::format("{}", window.stride[0]) : sizes_text(window.stride, " × "));
}

/// The kind in short: "conv" for Conv2D.
std::string short_kind(const std::string& kind) {
  constexpr std::pair<std::string_view, std::string_view> known[] = {
      {"InputLayer", "input"},        {"Conv1DTranspose", "upconv"},  {"Conv2DTranspose", "upconv"},
      {"Conv3DTranspose", "upconv"},  {"DepthwiseConv2D", "dwconv"},  {"DepthwiseConv1D", "dwconv"},
      {"SeparableConv2D", "sepconv"}, {"SeparableConv1D", "sepconv"}, {"BatchNormalization", "bn"},
      {"LayerNormalization", "ln"},   {"Concatenate", "concat"},      {"MultiHeadAttention", "attention"},
      {"ZeroPadding2D", "pad"},       {"ZeroPadding1D", "pad"},       {"UpSampling2D", "upsample"}};
  for (const auto& [long_name, short_name] : known)
    if (kind == long_name) return std::string(short_name);
  std::string text = kind;
  for (const std::string_view ending : {"1D", "2D", "3D"})
    if (text.size() > 2 && text.ends_with(ending)) text.resize(text.size() - 2);
  const bool global = text.starts_with("Global");
  if (global) text.erase(0, 6);
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  if (text == "maxpooling") text = "maxpool";
  if (text == "averagepooling") text = "avgpool";
  return global ? "global " + text : text;
}

/// The number of filters or units of a layer; nullopt if it has none.
std::optional<std::int64_t> filters_of(const Inspection& in, std::size_t i) {
  const LayerSpec& spec = in.model.layer_of(in.model.nodes[i]);
  const auto& config = spec.config.json();
  for (const char* key : {"filters", "units"})
    if (const auto at = config.find(key); at != config.end() && at->is_number_integer())
      return at->get<std::int64_t>();
  const NodeStructure& s = in.structure.nodes[i];
  if (family_of(spec.kind) != LayerFamily::depthwise || !s.output || s.output->rank() == 0)
    return std::nullopt;
  return s.channels_first ? (*s.output)[0] : s.output->back();
}

}  // namespace

std::string kind_words(const Inspection& in, std::size_t node) {
  const std::string& kind = in.model.layer_of(in.model.nodes[node]).kind;
  const std::optional<Window> window = window_of(in, node);
  if (!window || window->size.empty()) return kind;
  return fmt::format("{} {}{}", kind, sizes_text(window->size, " × "), stride_words(*window, ", "));
}

std::string brief_words(const Inspection& in, std::size_t node) {
  const LayerSpec& spec = in.model.layer_of(in.model.nodes[node]);
  std::string text = short_kind(spec.kind);
  const std::optional<Window> window = window_of(in, node);
  if (window && !window->size.empty())
    text += all_equal(window->size) ? fmt::format("{}", window->size[0]) : sizes_text(window->size, "×");
  if (const auto filters = filters_of(in, node)) text += fmt::format("-{}", *filters);
  return window ? text + stride_words(*window, " ") : text;
}

}  // namespace nv::figures
