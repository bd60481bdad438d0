#include "inspect/model_files.h"

#include <algorithm>
#include <filesystem>

#include "nv/core/error.h"
#include "shared/command.h"

namespace nv {

namespace {

std::vector<std::string> models_below(const std::string& directory) {
  namespace fs = std::filesystem;
  std::vector<std::string> files;
  std::error_code error;
  fs::recursive_directory_iterator at(directory, error);
  for (const fs::recursive_directory_iterator end; !error && at != end; at.increment(error)) {
    const std::string name = at->path().filename().string();
    std::error_code ignored;
    if (name.starts_with('.'))
      at.disable_recursion_pending();
    else if (is_model_file(name) && at->is_regular_file(ignored))
      files.push_back(at->path().string());
  }
  if (error) throw_input("{}: cannot be read: {}", directory, error.message());
  if (files.empty())
    throw Error(ErrorKind::input, fmt::format("{}: is a directory without models", directory),
                "models end in .h5, .hdf5 or .keras");
  std::ranges::sort(files);  // compares characters as unsigned
  return files;
}

}  // namespace

std::vector<std::string> model_files(const std::vector<std::string>& arguments) {
  std::vector<std::string> files;
  for (const std::string& argument : arguments) {
    std::error_code ignored;
    if (!std::filesystem::is_directory(argument, ignored)) {
      files.push_back(argument);
      continue;
    }
    for (std::string& file : models_below(argument)) files.push_back(std::move(file));
  }
  return files;
}

}  // namespace nv
