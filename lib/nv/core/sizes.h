// Sizes along axes as text, for shapes, windows and pictures.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace nv {

/// "224 x 224", "?" for a negative size. Pictures take the sign " × " for `times`.
std::string sizes_text(std::span<const std::int64_t> sizes, std::string_view times = " x ");

}  // namespace nv
