// Images in a directory.
#pragma once

#include <string>
#include <vector>

namespace nv {

struct FoundImage {
  std::string path;   ///< with the directory as given
  std::string below;  ///< relative to the directory
};

/// Files with an image's extension or first bytes, sorted by the bytes of their paths (as Python's sorted()),
/// without hidden ones. Throws Error(input): the directory cannot be read, or has no image.
std::vector<FoundImage> find_images(const std::string& directory, bool recursive);

/// Names of the directories in a directory, sorted by bytes, without hidden ones; none if it cannot be read.
std::vector<std::string> subdirectories(const std::string& directory);

}  // namespace nv
