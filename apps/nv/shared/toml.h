// Reads defaults files in TOML.
#pragma once

#include <string>
#include <vector>

namespace nv {

struct TomlItem {
  std::vector<std::string> section;  ///< {"run"} below [run]; empty at the top of the file
  std::string key;
  std::vector<std::string> values;  ///< without quotes; the elements of a list

  /// Key with its section: "run.top".
  std::string full_key() const;
};

/// All keys, in order. Throws Error(input), beginning
/// with `file`, for text that is not UTF-8 or not TOML, and for a key that is there twice.
std::vector<TomlItem> read_toml(const std::string& text, const std::string& file);

}  // namespace nv
