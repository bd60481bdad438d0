// nv version.
#pragma once

#include <string>

namespace nv {

std::string version_text();
std::string version_json();

}  // namespace nv
