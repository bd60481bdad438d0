// Class names.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace nv {

/// Reads class names. `source` is a file (one name per line, numbers before them removed; a JSON list; a JSON
/// object of index -> name, name -> index, or Keras's imagenet_class_index.json) or a preset: mnist,
/// fashion-mnist, cifar10, cifar100, imagenet. A file of that name takes precedence. Throws Error(input) for
/// a file that is none of these, Error(usage) for an unknown preset.
std::vector<std::string> read_labels(const std::string& source);

/// The class that a user means by `text`: one of the `names`, exactly, else a number from 0, below `classes`
/// unless that is 0. Throws Error(usage), beginning with `option`, for another text, with similar names as
/// the hint, and for a name of several classes.
std::int64_t class_number(std::string_view text, std::span<const std::string> names, std::int64_t classes,
                          std::string_view option);

/// Parses the text of such a file.
std::vector<std::string> parse_labels(std::string text, const std::string& file);
/// Names of a preset; nullopt for other names.
std::optional<std::vector<std::string>> preset_labels(const std::string& name);
/// Names of the presets.
std::vector<std::string> label_presets();

}  // namespace nv
