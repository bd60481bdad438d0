// Names of classes.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace nv {

/// `source` is a file (one name a line, numbers before them dropped; a JSON list; a JSON dictionary of index
/// -> name, name -> index, or Keras's imagenet_class_index.json) or a preset: mnist, fashion-mnist, cifar10,
/// cifar100, imagenet. A file of that name goes first. Throws Error(input) for a file that is none of these,
/// Error(usage) for an unknown preset.
std::vector<std::string> read_labels(const std::string& source);

/// The same of a file's text.
std::vector<std::string> parse_labels(std::string text, const std::string& file);
/// The same of a preset alone; nullopt for another name.
std::optional<std::vector<std::string>> preset_labels(const std::string& name);

}  // namespace nv
