// Fonts for tests: parts of fonts, in tests/fixtures/fonts.
#pragma once

#include <memory>
#include <string>

#include "nv/render/text/font_fallback.h"

namespace nv::render::test {

/// Letters: 猫犬車ネコ、고양이.
inline std::shared_ptr<FontFallback> cjk() {
  return std::make_shared<FontFallback>(NV_FIXTURES "/fonts/cjk.otf");
}

/// Letters: قطكلب٣.
inline std::shared_ptr<FontFallback> arabic() {
  return std::make_shared<FontFallback>(NV_FIXTURES "/fonts/arabic.ttf");
}

}  // namespace nv::render::test
