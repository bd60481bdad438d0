// Fonts for characters that the embedded font lacks, such as Chinese, Japanese, Korean, Arabic.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "nv/render/text/face.h"

namespace nv::render {

/// Finds the face that draws a letter: that of a font which the user chose, else the one that fontconfig
/// prefers (which depends on the locale). Fonts are looked for when the first letter is asked for. Threads
/// may share it.
class FontFallback {
 public:
  /// `font`: a font file, or the name of a family ("Noto Serif CJK SC"), or "" for none. Throws Error(usage)
  /// if there is no such font.
  explicit FontFallback(const std::string& font = {});
  ~FontFallback();
  FontFallback(const FontFallback&) = delete;
  FontFallback& operator=(const FontFallback&) = delete;

  /// nullptr if no font has the letter. The face lives as long as this object.
  const Face* face_for(char32_t code, FontWeight weight);
  /// The letters that no font had, in ascending order.
  std::vector<char32_t> missing() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace nv::render
