// Faces of fonts: which letters they have, and the outlines of their glyphs.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "nv/render/scene/scene.h"

struct hb_font_t;

namespace nv::render {

/// A step of an outline: control points, then the point where it ends. In font units, y upwards.
struct OutlineStep {
  enum class Kind { move, line, quadratic, cubic };
  Kind kind = Kind::move;
  std::array<Point, 3> points;  ///< 1, 1, 2 and 3 of them

  Point end() const { return points[kind == Kind::cubic ? 2 : kind == Kind::quadratic ? 1 : 0]; }
};

/// One face of a TrueType or OpenType font. Immutable: threads may share it.
class Face {
 public:
  /// Face `index` of a font file or collection, as fontconfig counts: the upper 16 bits are an instance of a
  /// variable font, from 1, or 0. nullptr if the file is not such a font or has no letters.
  static std::unique_ptr<const Face> open(const std::string& file, unsigned index);
  /// Face of a file in memory, which outlives it.
  static std::unique_ptr<const Face> of(std::span<const std::uint8_t> file);
  ~Face();
  Face(const Face&) = delete;
  Face& operator=(const Face&) = delete;

  /// 0 if the face lacks the letter.
  std::uint32_t glyph_index(char32_t code) const;
  /// Empty for a space. Contours are closed.
  std::vector<OutlineStep> outline(std::uint32_t glyph) const;
  /// Font units per em.
  double units() const;
  /// "Noto Sans CJK JP".
  const std::string& family() const { return family_; }
  /// Differs from that of every other face of the process.
  std::uint32_t number() const { return number_; }
  hb_font_t* shaper() const { return font_.get(); }

 private:
  using Font = std::unique_ptr<hb_font_t, void (*)(hb_font_t*)>;
  explicit Face(Font font);

  Font font_;
  std::string family_;
  std::uint32_t number_;
};

/// Liberation Sans, which is embedded in the library.
const Face& embedded_face(FontWeight weight);
/// The TrueType file of an embedded face, for files that embed fonts.
std::span<const std::uint8_t> font_file(FontWeight weight);

}  // namespace nv::render
