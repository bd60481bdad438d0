#include "nv/core/sizes.h"

#include <fmt/format.h>

namespace nv {

std::string sizes_text(std::span<const std::int64_t> sizes, std::string_view times) {
  std::string text;
  for (const std::int64_t n : sizes) {
    if (!text.empty()) text += times;
    text += n < 0 ? "?" : fmt::format("{}", n);
  }
  return text;
}

}  // namespace nv
