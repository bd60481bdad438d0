#include "nv/data/directory.h"

#include <algorithm>
#include <filesystem>

#include "nv/core/error.h"
#include "nv/core/file.h"
#include "nv/data/image.h"

namespace nv {

namespace {

namespace fs = std::filesystem;

bool is_hidden(const fs::path& path) {
  return path.filename().native().starts_with('.');
}

bool is_image(const fs::directory_entry& entry) {
  std::error_code error;
  if (is_hidden(entry.path()) || !entry.is_regular_file(error)) return false;
  const std::string path = entry.path().string();
  if (has_image_name(path)) return true;
  try {
    return !image_format(read_head(path, 16), path).empty();
  } catch (const Error&) {
    return false;  // not readable, and without the extension of an image
  }
}

void check(const std::error_code& error, const std::string& directory) {
  if (error) throw_input("{}: cannot be read: {}", directory, error.message());
}

std::vector<std::string> image_paths(const std::string& directory) {
  std::vector<std::string> paths;
  std::error_code error;
  for (fs::directory_iterator at(directory, error), end; !error && at != end; at.increment(error))
    if (is_image(*at)) paths.push_back(at->path().string());
  check(error, directory);
  return paths;
}

std::vector<std::string> image_paths_below(const std::string& directory) {
  std::vector<std::string> paths;
  std::error_code error;
  fs::recursive_directory_iterator at(directory, error);
  for (const fs::recursive_directory_iterator end; !error && at != end; at.increment(error)) {
    if (is_image(*at)) paths.push_back(at->path().string());
    if (is_hidden(at->path())) at.disable_recursion_pending();
  }
  check(error, directory);
  return paths;
}

}  // namespace

std::vector<FoundImage> find_images(const std::string& directory, bool recursive) {
  std::string base = directory;
  while (base.size() > 1 && base.ends_with('/')) base.pop_back();
  std::vector<std::string> paths = recursive ? image_paths_below(base) : image_paths(base);
  if (paths.empty()) {
    const bool deeper = !recursive && !subdirectories(base).empty();
    throw Error(ErrorKind::input, fmt::format("{}: holds no images", directory),
                deeper ? "--recursive looks into the directories in it" : "");
  }
  std::ranges::sort(paths);  // compares characters as unsigned
  std::vector<FoundImage> images;
  const std::size_t prefix = base.ends_with('/') ? base.size() : base.size() + 1;
  for (std::string& path : paths) {
    std::string below = path.substr(prefix);
    images.push_back({std::move(path), std::move(below)});
  }
  return images;
}

std::vector<std::string> subdirectories(const std::string& directory) {
  std::vector<std::string> names;
  std::error_code error;
  for (fs::directory_iterator at(directory, error), end; !error && at != end; at.increment(error)) {
    std::error_code ignored;
    if (at->is_directory(ignored) && !is_hidden(at->path())) names.push_back(at->path().filename().string());
  }
  std::ranges::sort(names);
  return names;
}

}  // namespace nv
