#include "nv/data/sample_list.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>

#include "nv/core/error.h"
#include "nv/core/text.h"

namespace nv {

namespace {

using Json = nlohmann::json;

bool is_inside(const std::string& name) {
  const std::filesystem::path path(name);
  return !name.empty() && !path.is_absolute() && std::ranges::find(path, "..") == path.end();
}

SampleLine parse_line(const std::string& text, const std::string& where) {
  const Json json = Json::parse(text, nullptr, false);
  if (!json.is_object() || !json.contains("id") || !json["id"].is_string() || !json.contains("file"))
    throw_input("{}: no sample with an id and a file", where);
  SampleLine sample{json["id"].get<std::string>(), {}, text};
  for (const char* key : {"file", "picture", "sheet"}) {
    if (!json.contains(key)) continue;
    if (!json[key].is_string() || !is_inside(json[key].get<std::string>()))
      throw_input("{}: '{}' names no file in the folder", where, key);
    sample.files.push_back(json[key].get<std::string>());
  }
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
