// The parts of one INPUT argument: FILE, FILE#ITEMS, FILE.npz:KEY, FILE.npz:KEY#ITEMS, NAME=FILE,NAME=FILE.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "nv/data/items.h"
#include "nv/data/preprocess.h"

namespace nv {

struct Reference {
  std::string typed;  ///< without the items
  std::string path;   ///< "-" is standard input
  std::string key;    ///< of an array in an archive; "" where none was named
  std::optional<ItemRanges> items;
};

/// Whether the file at `path` holds an array `key`.
using HoldsArray = std::function<bool(const std::string& path, const std::string& key)>;

/// A file that is there under the whole name goes before the meaning of '#' and ':'; a name that is nowhere
/// stays whole. Throws Error(usage) for items that cannot be understood.
Reference parse_reference(const std::string& argument, const HoldsArray& holds_array);

/// The files of NAME=FILE,NAME=FILE in the order of `specs`, or nothing where the argument is not of that
/// form. Throws Error(usage) for a name that is unknown, missing or there twice.
std::vector<std::string> parse_named(const std::string& argument, std::span<const InputSpec> specs);

}  // namespace nv
