// Text in XML and HTML files.
#pragma once

#include <string>
#include <string_view>

namespace nv {

/// `text` with &, <, > and " as entities, and ' too if `apostrophes`. Characters that XML cannot hold are
/// kept: see `printable` and `one_line` in text.h.
std::string xml_escaped(std::string_view text, bool apostrophes = false);

}  // namespace nv
