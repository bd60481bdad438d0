#include "nv/analysis/model_difference.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "nv/analysis/compare.h"
#include "nv/analysis/difference.h"
#include "nv/core/error.h"
#include "nv/layers/registry.h"
#include "nv/model/missing_weight.h"

namespace nv {

namespace {

using Json = nlohmann::ordered_json;

std::string text_of(const Json& value) {
  return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

/// Relevant options as text; the whole configuration if the kind is unknown.
std::map<std::string, std::string> options_of(const Model& model, const Node& node) {
  const LayerSpec& spec = model.layer_of(node);
  const Json& config = spec.config.json();
  std::map<std::string, std::string> options;
  if (!config.is_object()) return options;
  std::vector<std::string> keys;
  try {
    keys = relevant_options(spec, model.origin, node.arguments);
  } catch (const Error&) {
    for (const auto& [key, value] : config.items()) keys.push_back(key);
  }
  for (const std::string& key : keys)
    if (key != "name" && config.contains(key) && !config[key].is_null()) options[key] = text_of(config[key]);
  return options;
}

void compare_options(const Model& a, const Node& na, const Model& b, const Node& nb, LayerChange& change) {
  const std::map<std::string, std::string> of_a = options_of(a, na), of_b = options_of(b, nb);
  std::set<std::string> keys;
  for (const auto& [key, value] : of_a) keys.insert(key);
  for (const auto& [key, value] : of_b) keys.insert(key);
  const auto value = [](const std::map<std::string, std::string>& options, const std::string& key) {
    const auto at = options.find(key);
    return at == options.end() ? std::string() : at->second;
  };
  for (const std::string& key : keys)
    if (value(of_a, key) != value(of_b, key))
      change.options.push_back({key, value(of_a, key), value(of_b, key)});
}

std::string short_name(const Weight& w) {
  const std::string name = w.name.substr(w.name.rfind('/') == std::string::npos ? 0 : w.name.rfind('/') + 1);
  return name.substr(0, name.find(':'));
}

void compare_weights(const LayerSpec& a, const LayerSpec& b, LayerChange& change) {
  for (std::size_t i = 0; i < std::max(a.weights.size(), b.weights.size()); ++i) {
    WeightChange w;
    w.name = short_name(i < a.weights.size() ? a.weights[i] : b.weights[i]);
    if (i < a.weights.size()) w.shape_a = a.weights[i].shape;
    if (i < b.weights.size()) w.shape_b = b.weights[i].shape;
    if (!w.shape_a || !w.shape_b || !(*w.shape_a == *w.shape_b)) {
      change.weights.push_back(std::move(w));
      continue;
    }
    if (is_missing(a.weights[i]) || is_missing(b.weights[i])) continue;
    const Tensor x = a.weights[i].data->read(), y = b.weights[i].data->read();
    const std::int64_t n = x.size();
    if (n == 0) continue;
    const Shape flat{n};
    const Difference d = difference(x.reshaped(flat), y.reshaped(flat), false);
    w.changed = static_cast<std::int64_t>(d.changed_share * static_cast<double>(n) + 0.5);
    if (w.changed == 0) continue;
    w.l2 = d.l2;
    w.relative_l2 = d.relative_l2;
    w.linf = d.linf;
    change.weights.push_back(std::move(w));
  }
}

std::string inputs_of(const Model& model, const Node& node) {
  std::string text;
  for (const Value& v : node.inputs) text += (text.empty() ? "" : ", ") + model.node(v).path;
  return text;
}

LayerChange alone(const Model& model, std::size_t node, LayerStatus status) {
  LayerChange change;
  change.status = status;
  change.path = model.nodes[node].path;
  change.kind = model.layer_of(model.nodes[node]).kind;
  return change;
}

LayerChange both(const Model& a, const Structure& sa, std::size_t i, const Model& b, const Structure& sb,
                 std::size_t j, const std::map<std::string, std::string>& partners, bool first) {
  const Node &na = a.nodes[i], &nb = b.nodes[j];
  LayerChange change = alone(a, i, LayerStatus::same);
  if (nb.path != na.path) change.path_b = nb.path;
  if (b.layer_of(nb).kind != change.kind) change.kind_b = b.layer_of(nb).kind;
  const auto &oa = sa.nodes[i].output, &ob = sb.nodes[j].output;
  const std::string shape_a = oa ? oa->str() : "", shape_b = ob ? ob->str() : "";
  if (shape_a != shape_b) change.options.push_back({"output_shape", shape_a, shape_b});
  // Inputs of B by their names in A.
  std::string from;
  for (const Value& v : nb.inputs) {
    const auto at = partners.find(b.node(v).path);
    from += (from.empty() ? "" : ", ") + (at == partners.end() ? b.node(v).path : at->second);
  }
  if (from != inputs_of(a, na)) change.options.push_back({"inputs", inputs_of(a, na), from});
  if (first) {
    compare_options(a, na, b, nb, change);
    compare_weights(a.layer_of(na), b.layer_of(nb), change);
  }
  if (!change.options.empty() || !change.weights.empty() || !change.kind_b.empty())
    change.status = LayerStatus::changed;
  return change;
}

}  // namespace

std::string_view name(LayerStatus status) {
  switch (status) {
    case LayerStatus::same:
      return "same";
    case LayerStatus::changed:
      return "changed";
    case LayerStatus::added:
      return "added";
    case LayerStatus::removed:
      return "removed";
  }
  return "";
}

std::vector<LayerChange> model_difference(const Model& a, const Model& b) {
  const Structure sa = analyse(a), sb = analyse(b);
  Matching matching = match_layers(a, sa, b, sb);
  // Layers of one name match here even if their shapes differ.
  for (auto i = matching.only_a.begin(); i != matching.only_a.end();) {
    const auto j = std::ranges::find_if(matching.only_b,
                                        [&](std::size_t k) { return b.nodes[k].path == a.nodes[*i].path; });
    if (j == matching.only_b.end()) {
      ++i;
      continue;
    }
    matching.pairs.emplace_back(*i, *j);
    matching.only_b.erase(j);
    i = matching.only_a.erase(i);
  }
  std::map<std::size_t, std::size_t> partner(matching.pairs.begin(), matching.pairs.end());
  std::map<std::string, std::string> names;
  for (const auto& [i, j] : matching.pairs) names[b.nodes[j].path] = a.nodes[i].path;
  std::vector<LayerChange> list;
  std::set<int> seen;
  for (std::size_t i = 0; i < a.nodes.size(); ++i) {
    const auto at = partner.find(i);
    const bool first = seen.insert(a.nodes[i].layer).second;  // a shared layer's weights are compared once
    list.push_back(at == partner.end() ? alone(a, i, LayerStatus::removed)
                                       : both(a, sa, i, b, sb, at->second, names, first));
  }
  for (std::size_t j : matching.only_b) list.push_back(alone(b, j, LayerStatus::added));
  return list;
}

LayerChangeCounts count_changes(std::span<const LayerChange> layers) {
  const auto count = [&](LayerStatus status) {
    return static_cast<std::int64_t>(std::ranges::count(layers, status, &LayerChange::status));
  };
  return {count(LayerStatus::same), count(LayerStatus::changed), count(LayerStatus::added),
          count(LayerStatus::removed)};
}

}  // namespace nv
