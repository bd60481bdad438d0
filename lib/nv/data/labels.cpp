#include "nv/data/labels.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "nv/core/error.h"
#include "nv/core/file.h"
#include "nv/core/text.h"
#include "nv/data/presets.h"

namespace nv {

namespace {

using Json = nlohmann::json;
constexpr std::size_t most_labels = 1000000;

struct Preset {
  std::string_view name;
  const char* labels;
};
const std::array<Preset, 5> presets{{{"mnist", mnist_names},
                                     {"fashion-mnist", fashion_mnist_names},
                                     {"cifar10", cifar10_names},
                                     {"cifar100", cifar100_names},
                                     {"imagenet", imagenet_names}}};

std::optional<std::size_t> index(std::string_view text) {
  std::size_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = error == std::errc{} && end == text.data() + text.size() && value < most_labels;
  return whole ? std::optional(value) : std::nullopt;
}

/// A name, a number, or Keras's pair of WordNet id and name.
std::optional<std::string> name_of(const Json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_number_integer()) return value.dump();
  if (value.is_array() && value.size() == 2 && value[1].is_string()) return value[1].get<std::string>();
  return std::nullopt;
}

/// An entry of a JSON object: index -> name or name -> index.
std::optional<std::pair<std::size_t, std::string>> entry_of(const std::string& key, const Json& value) {
  const auto number = index(key);
  const auto name = name_of(value);
  if (number && name) return std::pair(*number, *name);
  if (value.is_number_unsigned() && value.get<std::size_t>() < most_labels)
    return std::pair(value.get<std::size_t>(), key);
  return std::nullopt;
}

std::vector<std::string> from_dictionary(const Json& json, const std::string& file) {
  std::vector<std::optional<std::string>> found(json.size());
  for (const auto& item : json.items()) {
    const auto entry = entry_of(item.key(), item.value());
    if (!entry)
      throw_input("{}: '{}' is no label: index -> name or name -> index is needed", file,
                  one_line(item.key()));
    if (entry->first >= found.size() || found[entry->first])
      throw_input("{}: {} labels, but not one for each of 0 to {}", file, found.size(), found.size() - 1);
    found[entry->first] = entry->second;
  }
  std::vector<std::string> labels;
  labels.reserve(found.size());
  for (auto& label : found) labels.push_back(*label);
  return labels;
}

std::vector<std::string> from_json(const std::string& text, const std::string& file) {
  const Json json = Json::parse(text, nullptr, false);
  if (json.is_object()) return from_dictionary(json, file);
  if (!json.is_array()) throw_input("{}: damaged JSON", file);
  std::vector<std::string> labels;
  for (const Json& value : json) {
    const auto name = name_of(value);
    if (!name) throw_input("{}: element {} of the list is no name", file, labels.size());
    labels.push_back(*name);
  }
  return labels;
}

/// "3 cat" in line 3, as Teachable Machine numbers its labels.txt.
bool are_numbered(const std::vector<std::string>& lines) {
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const std::string prefix = fmt::format("{} ", i);
    if (!lines[i].starts_with(prefix)) return false;
  }
  return true;
}

std::vector<std::string> from_lines(const std::string& text) {
  std::vector<std::string> labels;
  for (const std::string& line : split(text, '\n')) labels.emplace_back(trim(line));
  while (!labels.empty() && labels.back().empty()) labels.pop_back();
  if (are_numbered(labels))
    for (std::string& label : labels) label = trim(std::string_view(label).substr(label.find(' ')));
  return labels;
}

}  // namespace

std::optional<std::vector<std::string>> preset_labels(const std::string& name) {
  const auto* const found = std::ranges::find(presets, name, &Preset::name);
  return found == presets.end() ? std::nullopt : std::optional(split(found->labels, '\n'));
}

std::vector<std::string> label_presets() {
  std::vector<std::string> names;
  for (const Preset& preset : presets) names.emplace_back(preset.name);
  return names;
}

std::int64_t class_number(std::string_view text, std::span<const std::string> names, std::int64_t classes,
                          std::string_view option) {
  std::vector<std::int64_t> named;
  for (std::size_t i = 0; i < names.size(); ++i)
    if (names[i] == text) named.push_back(static_cast<std::int64_t>(i));
  if (named.size() == 1) return named[0];
  if (named.size() > 1)
    throw Error(
        ErrorKind::usage,
        fmt::format("{}: classes {} are named '{}'", option, fmt::join(named, " and "), one_line(text)),
        "give the class by its number");
  std::int64_t number = -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool is_number = error == std::errc() && end == text.data() + text.size() && number >= 0;
  if (is_number && (classes == 0 || number < classes)) return number;
  const std::string what = fmt::format("{}: no class '{}'", option, one_line(text));
  if (is_number)
    throw Error(ErrorKind::usage, what, fmt::format("the model has {}: 0 to {}", classes, classes - 1));
  if (names.empty())
    throw Error(ErrorKind::usage, what, "give the names by --labels FILE, or the class by its number");
  const std::string near = did_you_mean(text, {names.begin(), names.end()});
  throw Error(ErrorKind::usage, what,
              near.empty()
                  ? "the classes are " + shortened(one_line(fmt::format("{}", fmt::join(names, ", "))), 200)
                  : near);
}

std::vector<std::string> parse_labels(std::string text, const std::string& file) {
  if (text.starts_with("\xef\xbb\xbf")) text.erase(0, 3);
  if (text.find('\0') != std::string::npos) throw_input("{}: not a text file", file);
  const std::string_view start = trim(text);
  const bool json = start.starts_with('{') || start.starts_with('[');
  std::vector<std::string> labels = json ? from_json(text, file) : from_lines(text);
  if (labels.empty()) throw_input("{}: holds no labels", file);
  for (std::string& label : labels) label = one_line(label);
  return labels;
}

std::vector<std::string> read_labels(const std::string& source) {
  std::error_code error;
  const bool is_file = source == "-" || std::filesystem::exists(source, error);
  if (is_file && !std::filesystem::is_directory(source, error))
    return parse_labels(read_text(source), source);
  // A name with a dot or slash was meant as a file.
  if (source.find_first_of("./") != std::string::npos) read_head(source, 1);
  if (auto labels = preset_labels(source)) return *labels;
  const std::vector<std::string> names = label_presets();
  const std::string near = did_you_mean(source, names);
  throw Error(ErrorKind::usage,
              fmt::format("--labels: expected a file or a data set's name, got '{}'", one_line(source)),
              near.empty()
                  ? fmt::format("a file with one name per line, a JSON list, or {}", fmt::join(names, ", "))
                  : near);
}

}  // namespace nv
