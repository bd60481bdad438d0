#include "nv/data/sample_list.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>

#include "nv/core/error.h"
#include "nv/core/regular_file.h"
#include "nv/core/safe_folder.h"
#include "nv/core/text.h"

namespace nv {

namespace {

using Json = nlohmann::json;

constexpr std::size_t deepest = 64;

/// "./a.npy" is "a.npy".
std::string normal(const std::string& name) {
  return std::filesystem::path(name).lexically_normal().string();
}

SampleLine parse_line(const std::string& text, const std::string& where) {
  if (json_depth(text) > deepest) throw_input("{}: nested too deeply", where);
  const Json json = Json::parse(text, nullptr, false);
  if (!json.is_object() || !json.contains("id") || !json["id"].is_string() || !json.contains("file"))
    throw_input("{}: no sample with an id and a file", where);
  SampleLine sample;
  sample.id = json["id"].get<std::string>();
  sample.text = text;
  for (const char* key : {"file", "picture", "sheet"}) {
    if (!json.contains(key)) continue;
    if (!json[key].is_string() || !stays_inside(json[key].get<std::string>()) ||
        !is_plain_name(normal(json[key].get<std::string>())))
      throw_input("{}: '{}' names no file in the folder", where, key);
    sample.files.push_back(normal(json[key].get<std::string>()));
  }
  sample.file = sample.files.at(0);
  if (json.contains("label") && json["label"].is_number_integer() &&
      (!json["label"].is_number_unsigned() || json["label"].get<std::uint64_t>() <= INT64_MAX))
    sample.label = json["label"].get<std::int64_t>();
  const auto text_of = [&](const char* key) {
    return json.contains(key) && json[key].is_string() ? json[key].get<std::string>() : std::string();
  };
  sample.origin = text_of("origin");
  sample.method = text_of("method");
  const auto number_of = [&](const char* key) {
    return json.contains(key) && json[key].is_number() ? std::optional(json[key].get<double>())
                                                       : std::nullopt;
  };
  sample.l2 = number_of("l2");
  sample.linf = number_of("linf");
  sample.preprocess = text_of("preprocess");
  return sample;
}

}  // namespace

std::vector<SampleLine> parse_sample_list(const std::string& text, const std::string& file) {
  std::vector<SampleLine> samples;
  int number = 0;
  for (const std::string& line : split(text, '\n')) {
    ++number;
    if (!trim(line).empty()) samples.push_back(parse_line(line, fmt::format("{}: line {}", file, number)));
  }
  return samples;
}

bool has_sample_list(const std::string& directory) {
  std::error_code error;  // set if there is no such directory
  return std::filesystem::is_regular_file(std::filesystem::path(directory) / sample_list_name, error);
}

std::vector<SampleLine> read_sample_list(const std::string& directory) {
  const std::filesystem::path file = std::filesystem::path(directory) / sample_list_name;
  const Bytes bytes = read_regular(inside(directory, sample_list_name), std::size_t{1} << 30);
  return parse_sample_list({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, file.string());
}

std::string no_samples_text(const std::string& directory) {
  Json json;
  try {
    const Bytes bytes = read_regular(inside(directory, "attack.json"), std::size_t{1} << 30);
    const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    if (json_depth(text) > deepest) return "";
    json = Json::parse(text, nullptr, false);
  } catch (const Error&) {  // no such file
    return "";
  }
  if (!json.is_object()) return "";
  const Json runs = json.contains("runs") ? json["runs"] : Json::array({json});
  std::int64_t attacked = 0, succeeded = 0;
  try {
    for (const Json& run : runs) {
      attacked += run.at("summary").at("attacked").get<std::int64_t>();
      succeeded += run.at("summary").at("succeeded").get<std::int64_t>();
    }
  } catch (const Json::exception&) {  // not written by nv attack
    return "";
  }
  return succeeded > 0 ? "" : fmt::format("no samples: 0 of {} attacks succeeded", attacked);
}

std::optional<SampleArgument> sample_argument(const std::string& argument) {
  if (has_sample_list(argument)) return SampleArgument{argument, ""};
  const std::size_t at = argument.rfind('#');
  if (at == std::string::npos || !has_sample_list(argument.substr(0, at))) return std::nullopt;
  return SampleArgument{argument.substr(0, at), argument.substr(at + 1)};
}

std::vector<SampleLine> samples_of(const SampleArgument& argument) {
  std::vector<SampleLine> samples = read_sample_list(argument.folder);
  if (argument.id.empty()) return samples;
  const auto known = std::ranges::find(samples, argument.id, &SampleLine::id);
  if (known != samples.end()) return {*known};
  std::vector<std::string> ids;
  for (const SampleLine& sample : samples) ids.push_back(sample.id);
  throw Error(ErrorKind::input,
              fmt::format("{}: no sample '{}' in the list", argument.folder, one_line(argument.id)),
              did_you_mean(argument.id, ids));
}

std::vector<SampleLine> merge_samples(std::vector<SampleLine> old, std::span<const SampleLine> added) {
  std::map<std::string, std::size_t> places;
  for (std::size_t i = 0; i < old.size(); ++i) places[old[i].id] = i;
  for (const SampleLine& sample : added) {
    const auto [place, fresh] = places.try_emplace(sample.id, old.size());
    if (fresh)
      old.push_back(sample);
    else
      old[place->second] = sample;
  }
  return old;
}

std::string sample_list_text(std::span<const SampleLine> samples) {
  std::string text;
  for (const SampleLine& sample : samples) text += sample.text + '\n';
  return text;
}

}  // namespace nv
