#include "doctor/write.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>
#include <vector>

#include "nv/core/error.h"
#include "nv/core/file.h"
#include "nv/core/text.h"
#include "shared/toml.h"

namespace nv {

namespace {

constexpr std::string_view replaced_keys[] = {"preprocess", "mean", "std", "channels", "invert"};

bool is_replaced(std::string_view key) {
  return std::ranges::find(replaced_keys, key) != std::end(replaced_keys);
}

/// The key that a line gives a value, without quotes; "" for none.
std::string_view key_of(std::string_view line) {
  const std::size_t equals = line.find('=');
  if (equals == std::string_view::npos) return {};
  std::string_view key = trim(line.substr(0, equals));
  if (key.size() > 1 && (key.front() == '"' || key.front() == '\'') && key.back() == key.front())
    key = key.substr(1, key.size() - 2);
  return key;
}

/// Brackets of a list that a line opens minus those that it closes; none of the keys has brackets in strings.
std::ptrdiff_t opened(std::string_view line) {
  line = line.substr(0, line.find('#'));
  return std::ranges::count(line, '[') - std::ranges::count(line, ']');
}

std::vector<std::string> lines_of(const Preprocess& p) {
  std::vector<std::string> lines;
  if (p.scale == Scale::custom) {
    lines.push_back(fmt::format("mean = [{}]", fmt::join(p.mean, ", ")));
    lines.push_back(fmt::format("std = [{}]", fmt::join(p.deviation, ", ")));
  } else {
    lines.push_back(fmt::format("preprocess = \"{}\"", scale_name(p.scale)));
  }
  if (p.bgr) lines.emplace_back("channels = \"bgr\"");
  if (p.invert) lines.emplace_back("invert = true");
  return lines;
}

/// All other keys, with their values.
std::vector<std::pair<std::string, std::vector<std::string>>> other_keys(const std::string& text,
                                                                         const std::string& file) {
  std::vector<std::pair<std::string, std::vector<std::string>>> keys;
  for (const TomlItem& item : read_toml(text, file))
    if (!item.section.empty() || !is_replaced(item.key)) keys.emplace_back(item.full_key(), item.values);
  return keys;
}

std::size_t count_replaced(const std::string& text, const std::string& file) {
  return static_cast<std::size_t>(std::ranges::count_if(read_toml(text, file), [](const TomlItem& item) {
    return item.section.empty() && is_replaced(item.key);
  }));
}

}  // namespace

std::string defaults_file_of(const std::string& model) {
  return std::filesystem::path(model).replace_extension(".nv.toml").string();
}

std::span<const std::string_view> preprocessing_keys() {
  return replaced_keys;
}

std::string with_preprocessing(const std::string& text, const Preprocess& preprocess,
                               const std::string& file) {
  const std::vector<std::string> added = lines_of(preprocess);
  const std::string end = text.find("\r\n") != std::string::npos ? "\r\n" : "\n";
  std::string result;
  bool inserted = false;
  const auto insert = [&] {
    for (const std::string& line : added) result += line + end;
    inserted = true;
  };
  std::ptrdiff_t open = 0;  // brackets of a list that is left out
  std::vector<std::string> lines = split(text, '\n');
  if (!lines.empty() && lines.back().empty()) lines.pop_back();
  for (const std::string& line : lines) {
    if (open > 0) {
      open += opened(line);
      continue;
    }
    if (is_replaced(key_of(line))) {
      open = opened(line);
      if (!inserted) insert();
      continue;
    }
    if (!inserted && trim(line).starts_with('[')) insert();  // keys of a section end those of the file
    result += line + (&line == &lines.back() && !text.ends_with('\n') ? end : "\n");
  }
  if (!inserted) insert();
  // A list or text over several lines can look like a key.
  if (other_keys(result, file) != other_keys(text, file) || count_replaced(result, file) != added.size())
    throw Error(ErrorKind::output, fmt::format("{}: its keys cannot be replaced safely", file),
                fmt::format("add by hand: {}", fmt::join(added, ", ")));
  return result;
}

void write_preprocessing(const std::string& file, const Preprocess& preprocess) {
  std::error_code none;
  const std::filesystem::file_status status = std::filesystem::symlink_status(file, none);
  if (std::filesystem::exists(status) && !std::filesystem::is_regular_file(status))
    throw Error(ErrorKind::output, fmt::format("{}: is not a regular file", file), "remove it first");
  const std::string text = std::filesystem::exists(status) ? read_text(file) : "";
  write_file(file, with_preprocessing(text, preprocess, file));
}

}  // namespace nv
