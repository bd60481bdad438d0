// Files of defaults, in TOML.
#pragma once

#include <string>
#include <vector>

namespace nv {

struct TomlItem {
  std::vector<std::string> section;  ///< {"run"} below [run]; empty at the top of the file
  std::string key;
  std::vector<std::string> values;  ///< without quotes; of a list, its elements

  /// With its section: "run.top".
  std::string full_key() const;
};

/// All keys, in their order; a section begins with the key "++" and ends with "--". Throws Error(input),
/// beginning with `file`.
std::vector<TomlItem> read_toml(const std::string& text, const std::string& file);

}  // namespace nv
