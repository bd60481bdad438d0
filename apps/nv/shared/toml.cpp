#include "shared/toml.h"

#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <sstream>

#include "nv/core/error.h"

namespace nv {

std::string TomlItem::full_key() const {
  return section.empty() ? key : fmt::format("{}.{}", fmt::join(section, "."), key);
}

std::vector<TomlItem> read_toml(const std::string& text, const std::string& file) {
  std::istringstream stream(text);
  try {
    std::vector<TomlItem> items;
    for (CLI::ConfigItem& item : CLI::ConfigTOML().from_config(stream))
      items.push_back({std::move(item.parents), std::move(item.name), std::move(item.inputs)});
    return items;
  } catch (const CLI::Error& e) {
    throw_input("{}: {}", file, e.what());
  }
}

}  // namespace nv
