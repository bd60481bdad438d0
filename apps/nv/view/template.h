// The page that viewer/ builds, which is a part of the program (viewer/dist/page.html).
#pragma once

#include <string_view>

namespace nv {

std::string_view page_template();

}  // namespace nv
