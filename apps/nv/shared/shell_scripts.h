// Completion functions for shells. All ask `nv complete`, so that they know what the options know.
#pragma once

#include <string>

namespace nv {

/// `names`: nv and its links, separated by spaces.
std::string bash_completion(const std::string& names);
std::string zsh_completion(const std::string& names);
std::string fish_completion(const std::string& names);

}  // namespace nv
