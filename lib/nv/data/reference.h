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
  std::string typed;  ///< as typed, without the items
  std::string path;   ///< "-" is standard input
  std::string key;    ///< name of an array in an archive; "" if not given
  std::optional<ItemRanges> items;
};

/// Whether the archive at `path` has an array `key`.
using HoldsArray = std::function<bool(const std::string& path, const std::string& key)>;

/// Parses an argument. If a file with the whole name exists, '#' and ':' have no meaning; so too if no file
/// is found. Throws Error(usage) for items that cannot be parsed.
Reference parse_reference(const std::string& argument, const HoldsArray& holds_array);

/// The files of NAME=FILE,NAME=FILE in the order of `specs`; empty if the argument is not of that form.
/// Throws Error(usage) for a name that is unknown, missing or repeated.
std::vector<std::string> parse_named(const std::string& argument, std::span<const InputSpec> specs);

}  // namespace nv
