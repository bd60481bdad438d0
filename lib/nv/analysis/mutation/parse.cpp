// Mutations from text and JSON.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "nv/analysis/mutation/mutate.h"
#include "nv/core/error.h"
#include "nv/core/text.h"
#include "nv/data/items.h"

namespace nv {

using Json = nlohmann::ordered_json;

namespace {

constexpr std::int64_t most_channels = std::int64_t{1} << 20;

[[noreturn]] void bad(const std::string& file, const std::string& what) {
  throw Error(ErrorKind::input, fmt::format("{}: {}", file, what),
              R"({"freeze": [{"layer": "conv1", "filters": [0, 3]}]})");
}

std::string name_of(const Json& entry, const char* key, const std::string& file) {
  if (!entry.is_object() || !entry.contains(key) || !entry[key].is_string())
    bad(file, fmt::format("an entry has no \"{}\"", key));
  return entry[key].get<std::string>();
}

std::vector<std::int64_t> channels_in(const Json& value, const std::string& file) {
  std::vector<std::int64_t> list;
  for (const Json& c : value.is_array() ? value : Json::array({value})) {
    if (!c.is_number_integer() || c.get<std::int64_t>() < 0 || c.get<std::int64_t>() >= most_channels)
      bad(file, fmt::format("{} is not a filter index",
                            shortened(one_line(c.dump(-1, ' ', false, Json::error_handler_t::replace)), 40)));
    list.push_back(c.get<std::int64_t>());
  }
  return list;
}

Mutation freezing(std::string layer, std::vector<std::int64_t> filters, const std::string& as) {
  Mutation m;
  m.op = "freeze";
  m.layer = std::move(layer);
  m.filters = std::move(filters);
  m.as = as;
  return m;
}

Mutation operator_of(const Json& entry, const std::string& file, const std::string& as) {
  Mutation m;
  m.op = name_of(entry, "op", file);
  m.layer = entry.contains("layer") ? name_of(entry, "layer", file) : "";
  m.as = m.op == "freeze" ? as : "";
  for (const auto& [key, value] : entry.items()) {
    if (key == "op" || key == "layer") continue;
    if (key == "filters") {
      m.filters = channels_in(value, file);
    } else if (key == "seed" && value.is_number_unsigned()) {
      m.seed = value.get<std::uint64_t>();
    } else if (key == "activation" && value.is_string()) {
      m.activation = value.get<std::string>();
    } else if (key == "as" && value.is_string()) {
      m.as = value.get<std::string>();
    } else if (value.is_number()) {
      m.parameters.emplace_back(key, value.get<double>());
    } else {
      bad(file, fmt::format("mutation {}: unknown key or wrong type: \"{}\"", one_line(m.op),
                            shortened(one_line(key), 40)));
    }
  }
  return m;
}

}  // namespace

Mutation parse_freeze(const std::string& text, const std::string& as) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string::npos || colon == 0 || colon + 1 == text.size())
    throw Error(ErrorKind::usage, fmt::format("--freeze: expected LAYER:FILTERS, got '{}'", one_line(text)),
                "--freeze conv1:0,3,8-11");
  const ItemRanges ranges(std::string_view(text).substr(colon + 1));
  if (ranges.first_beyond(most_channels))
    throw_usage("--freeze: '{}': no layer has that many filters", one_line(text));
  return freezing(text.substr(0, colon), ranges.below(most_channels), as);
}

std::vector<Mutation> parse_mutations(const std::string& json, const std::string& name,
                                      const std::string& as) {
  const Json document = Json::parse(json, nullptr, false);
  if (document.is_discarded()) bad(name, "is not JSON");
  std::vector<Mutation> list;
  if (document.is_array()) {
    for (const Json& entry : document) {
      const std::string layer = name_of(entry, "layer_name", name);
      if (!entry.contains("feature_index")) bad(name, "an entry has no \"feature_index\"");
      list.push_back(freezing(layer, channels_in(entry["feature_index"], name), as));
    }
  } else if (document.is_object()) {
    for (const auto& [key, value] : document.items())
      if ((key != "freeze" && key != "mutations") || !value.is_array())
        bad(name, fmt::format("unknown key or wrong type: \"{}\"", shortened(one_line(key), 40)));
    for (const Json& entry : document.value("freeze", Json::array())) {
      const std::string layer = name_of(entry, "layer", name);
      if (!entry.contains("filters")) bad(name, "an entry has no \"filters\"");
      list.push_back(freezing(layer, channels_in(entry["filters"], name), as));
    }
    for (const Json& entry : document.value("mutations", Json::array()))
      list.push_back(operator_of(entry, name, as));
  }
  if (list.empty()) bad(name, "has no mutations");
  return list;
}

}  // namespace nv
