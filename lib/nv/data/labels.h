// Names of classes.
#pragma once

#include <string>
#include <vector>

namespace nv {

/// `source` is a file (one name a line, numbers before them dropped; a JSON list; a JSON dictionary of index
/// -> name, name -> index, or Keras's imagenet_class_index.json) or a preset: mnist, fashion-mnist, cifar10,
/// cifar100, imagenet. A file of that name goes first. Throws Error(input) for a file that is none of these,
/// Error(usage) for an unknown preset.
std::vector<std::string> read_labels(const std::string& source);

}  // namespace nv
