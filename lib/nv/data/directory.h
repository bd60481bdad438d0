// The images in a directory.
#pragma once

#include <string>
#include <vector>

namespace nv {

struct FoundImage {
  std::string path;   ///< with the directory as it was given
  std::string below;  ///< without the directory
};

/// Files named like images, or with an image's first bytes, in byte order of their paths (Python's sorted());
/// hidden ones left out. Throws Error(input): the directory cannot be read, or holds no image.
std::vector<FoundImage> find_images(const std::string& directory, bool recursive);

/// The directories in a directory, without hidden ones, by name in byte order; none where it cannot be read.
std::vector<std::string> subdirectories(const std::string& directory);

}  // namespace nv
