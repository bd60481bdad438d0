#include "shared/toml.h"

#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <set>
#include <sstream>

#include "nv/core/error.h"
#include "nv/core/text.h"

namespace nv {

std::string TomlItem::full_key() const {
  return section.empty() ? key : fmt::format("{}.{}", fmt::join(section, "."), key);
}

namespace {

/// Throws Error(input) if consecutive lines set one key, of which CLI11 makes a list.
void check_consecutive_keys(std::string_view text, const std::string& file) {
  std::string last;
  for (const std::string& whole : split(text, '\n')) {
    const std::string_view line = trim(whole);
    if (line.empty() || line.starts_with('#')) continue;
    const std::size_t equals = line.find('=');
    if (line.starts_with('[')) last.clear();
    if (line.starts_with('[') || equals == line.npos) continue;
    const std::string_view key = trim(line.substr(0, equals));
    if (!last.empty() && key == last) throw_input("{}: key '{}' is there twice", file, one_line(key));
    last = key;
  }
}

}  // namespace

std::vector<TomlItem> read_toml(const std::string& text, const std::string& file) {
  if (valid_utf8(text) != text || text.find('\0') != std::string::npos)
    throw_input("{}: not TOML: its text is not UTF-8", file);
  constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
  check_consecutive_keys(text, file);
  std::istringstream stream(text.starts_with(byte_order_mark) ? text.substr(byte_order_mark.size()) : text);
  try {
    std::vector<TomlItem> items;
    std::set<std::string> keys;
    for (CLI::ConfigItem& item : CLI::ConfigTOML().from_config(stream)) {
      // CLI11's marks of the begin and the end of a section, which have no value.
      if (item.inputs.empty() && (item.name == "++" || item.name == "--")) continue;
      items.push_back({std::move(item.parents), std::move(item.name), std::move(item.inputs)});
      const TomlItem& read = items.back();
      if (!keys.insert(read.full_key()).second)
        throw_input("{}: key '{}' is there twice", file, one_line(read.full_key()));
    }
    return items;
  } catch (const CLI::Error& e) {
    throw_input("{}: not TOML: {}", file, one_line(e.what()));
  }
}

}  // namespace nv
