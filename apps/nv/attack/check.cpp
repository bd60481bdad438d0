#include "attack/check.h"

#include <algorithm>
#include <cmath>
#include <initializer_list>
#include <limits>
#include <nlohmann/json.hpp>
#include <string_view>

#include "attack/shard.h"
#include "nv/core/error.h"
#include "nv/core/safe_folder.h"
#include "nv/core/text.h"
#include "shared/picture_options.h"

namespace nv {

namespace {

constexpr std::size_t max_depth = 32;

bool is_text(const Json& json) {
  return json.is_string();
}

bool is_count(const Json& json) {
  return json.is_number_unsigned() &&
         json.get<std::uint64_t>() <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
}

/// A number in the form that `number` writes.
bool is_real(const Json& json) {
  return json.is_number() || json == "NaN" || json == "Infinity" || json == "-Infinity";
}

bool is_class(const Json& json) {
  return is_count(json) && json.get<std::uint64_t>() < (std::uint64_t{1} << 31);
}

bool has(const Json& json, const char* key, bool (*is)(const Json&)) {
  const auto at = json.find(key);
  return at != json.end() && is(*at);
}

bool has_only(const Json& json, std::initializer_list<std::string_view> keys) {
  return std::ranges::all_of(
      json.items(), [&](const auto& member) { return std::ranges::find(keys, member.key()) != keys.end(); });
}

bool is_prediction(const Json& json) {
  return json.is_object() && has(json, "index", is_class) && has(json, "label", is_text) &&
         has(json, "score", is_real) &&
         has(json, "probability", [](const Json& p) { return p.is_null() || is_real(p); });
}

bool is_prediction_or_null(const Json& json) {
  return json.is_null() || is_prediction(json);
}

/// METHOD/NAME or METHOD/sheets/NAME; NAME of versions without folders per method.
bool is_file_of(std::string_view kind, const Json& name, const std::string& method) {
  if (!name.is_string() || (kind != "npy" && kind != "png" && kind != "sheet")) return false;
  const std::string& text = name.get_ref<const std::string&>();
  const std::string folder = method + (kind == "sheet" ? "/sheets/" : "/");
  const std::size_t at = text.starts_with(folder) ? folder.size() : 0;
  return is_plain_name(text) && text.find('/', at) == std::string::npos &&
         text.ends_with(kind == "npy" ? ".npy" : ".png");
}

bool is_files(const Json& json, const std::string& method) {
  return json.is_object() && std::ranges::all_of(json.items(), [&](const auto& f) {
           return is_file_of(f.key(), f.value(), method);
         });
}

bool is_transfer(const Json& json, std::size_t models) {
  return json.is_array() && json.size() == models &&
         std::ranges::all_of(json, [](const Json& j) { return j.is_boolean() || j.is_null(); });
}

bool is_curve(const Json& json) {
  return json.is_array() && !json.empty() &&
         std::ranges::all_of(json, [](const Json& j) { return j.is_number(); });
}

bool is_shard(const Json& json) {
  if (!json.is_string()) return false;
  try {
    (void)parse_shard(json.get<std::string>());
    return true;
  } catch (const Error&) {
    return false;
  }
}

bool is_model(const Json& json) {
  return json.is_object() && has(json, "file", is_text) && has(json, "name", is_text);
}

bool is_request(const Json& json) {
  if (!json.is_object() || !has(json, "inputs", [](const Json& j) { return j.is_object(); })) return false;
  for (const char* key : {"model", "weights", "preprocess", "models", "keep"})
    if (!has(json, key, is_text)) return false;
  return has(json, "labels", is_count) && has(json["inputs"], "count", is_count) &&
         has(json["inputs"], "names", is_text);
}

bool is_bounds(const Json& json) {
  return json.is_array() && json.size() == 2 && json[0].is_number() && json[1].is_number() &&
         json[0].get<double>() < json[1].get<double>();
}

bool is_params(const Json& json) {
  return json.is_object() && has(json, "norm", is_text) && has(json, "bounds", is_bounds) &&
         has(json, "eps", [](const Json& j) { return j.is_null() || j.is_number(); });
}

/// Values of the options of pictures, with the command line and the model's hash for their metadata.
bool is_pictures(const Json& json) {
  if (!json.is_object() || !has(json, "command", is_text) || !has(json, "source", is_text)) return false;
  try {
    PictureOptions().take(json);
    return true;
  } catch (const Error&) {
    return false;
  }
}

bool is_run(const Json& json) {
  return json.is_object() && has(json, "method", is_text) && has(json, "params", is_params) &&
         (!json.contains("curve") || is_curve(json["curve"]));
}

bool is_texts(const Json& json) {
  return json.is_array() && !json.empty() && std::ranges::all_of(json, is_text);
}

bool is_attacked(const Json& item, const std::string& method) {
  for (const char* key : {"l1", "l2", "linf"})
    if (!has(item, key, is_real)) return false;
  for (const char* key : {"l0", "queries", "gradients"})
    if (!has(item, key, is_count)) return false;
  if (!has(item, "zero_gradient", [](const Json& j) { return j.is_boolean(); })) return false;
  return has(item, "adversarial", is_prediction_or_null) && item.contains("files") &&
         is_files(item["files"], method) &&
         has(item, "survives_png", [](const Json& j) { return j.is_boolean() || j.is_null(); });
}

bool is_success(const Json& item) {
  return is_prediction(item["adversarial"]) && (item["files"].empty() || item["files"].contains("npy"));
}

}  // namespace

Json parse_journal_line(const std::string& text) {
  if (json_depth(text) > max_depth) return Json(Json::value_t::discarded);
  return Json::parse(text, nullptr, false);
}

std::string wrong_in_head(const Json& head) {
  if (!head.is_object()) return "its first line is not a JSON object";
  if (!has(head, "schema", [](const Json& j) { return j == schema_id("attack"); }))
    return "its first line has another schema";
  struct Member {
    const char* key;
    bool (*is)(const Json&);
    bool needed;
  };
  constexpr Member members[] = {
      {"model", is_model, true},
      {"defaults", [](const Json& j) { return j.is_null() || j.is_string(); }, true},
      {"shard", is_shard, false},
      {"transfer", is_texts, false},
      {"request", is_request, true},
      {"pictures", is_pictures, false},
      {"runs", [](const Json& j) { return j.is_array() && !j.empty() && std::ranges::all_of(j, is_run); },
       true}};
  for (const Member& m : members)
    if (head.contains(m.key) ? !m.is(head[m.key]) : m.needed)
      return fmt::format("'{}' in its first line is not valid", m.key);
  if (!has_only(head, {"schema", "model", "defaults", "shard", "transfer", "request", "pictures", "runs"}))
    return "its first line has unknown keys";
  return "";
}

bool is_sound_item(const Json& item, const Json& run, std::size_t models) {
  if (!item.is_object() || !has(item, "id", is_text) || !has(item, "file", is_text) ||
      !has(item, "status", is_text))
    return false;
  const auto& status = item["status"].get_ref<const std::string&>();
  if (status == "error")
    return has(item, "error", is_text) && (!item.contains("hint") || item["hint"].is_string());
  // An input without a predicted class (NaN) is skipped.
  if (!has(item, "preprocess", is_text) ||
      !has(item, "original", status == "skipped" ? is_prediction_or_null : is_prediction) ||
      (item.contains("truth") && !is_class(item["truth"])))
    return false;
  if (status == "skipped") return has(item, "reason", is_text);
  if ((status != "success" && status != "failed") || !is_attacked(item, run["method"].get<std::string>()))
    return false;
  if (run.contains("curve") && !has(item, "eps", [](const Json& j) { return j.is_number(); })) return false;
  if (item.contains("transfer") && !is_transfer(item["transfer"], models)) return false;
  return status == "failed" || is_success(item);
}

}  // namespace nv
