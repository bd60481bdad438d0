// Files that the arguments of nv inspect stand for.
#pragma once

#include <string>
#include <vector>

namespace nv {

/// A directory stands for the files below it whose names end as those of models do, sorted by the bytes of
/// their paths, without hidden ones. Throws Error(input) if a directory cannot be read or holds no model.
std::vector<std::string> model_files(const std::vector<std::string>& arguments);

}  // namespace nv
