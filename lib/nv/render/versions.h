// Versions of the libraries that pictures depend on.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace nv::render {

/// Name and version at run time: of libharu, which writes PDF, HarfBuzz, which shapes lines of text, and
/// fontconfig, which finds fonts of the system.
std::vector<std::pair<std::string, std::string>> library_versions();

}  // namespace nv::render
