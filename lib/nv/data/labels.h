// Class names.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace nv {

/// Reads class names. `source` is a file (one name per line, numbers before them removed; a JSON list; a JSON
/// object of index -> name, name -> index, or Keras's imagenet_class_index.json) or a preset: mnist,
/// fashion-mnist, cifar10, cifar100, imagenet. A file of that name takes precedence. Throws Error(input) for
/// a file that is none of these, Error(usage) for an unknown preset.
std::vector<std::string> read_labels(const std::string& source);

/// Parses the text of such a file.
std::vector<std::string> parse_labels(std::string text, const std::string& file);
/// Names of a preset; nullopt for other names.
std::optional<std::vector<std::string>> preset_labels(const std::string& name);

}  // namespace nv
