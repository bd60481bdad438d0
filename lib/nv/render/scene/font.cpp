#include "nv/render/scene/font.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <stdexcept>
#include <unordered_map>
#include <utility>

#include "nv/core/text.h"
#include "nv/render/text/shape.h"

#define STB_TRUETYPE_IMPLEMENTATION
#define STBTT_STATIC
#include <stb_truetype.h>

namespace nv::render {

namespace {

constexpr double units = 2048;  // of the em, in both embedded files
constexpr double cap_units = 1409, x_units = 1082;
constexpr std::string_view ellipsis = "…";

/// A factor near 1 on heights that brings capitals, digits and the x-height close to whole pixels: the part
/// of hinting that matters for small text.
double height_fit(double size) {
  const auto misfit = [size](double factor) {
    const double cap = size * cap_units / units * factor, x = size * x_units / units * factor;
    const double dc = cap - std::round(cap), dx = x - std::round(x);
    return 2 * dc * dc + dx * dx + 4 * (factor - 1) * (factor - 1);
  };
  double best = 1;
  if (size > 40) return best;
  for (int i = -12; i <= 12; ++i) {
    const double factor = 1 + i / 200.0;
    if (misfit(factor) < misfit(best)) best = factor;
  }
  return best;
}

bool ascii_digit(char32_t c) {
  return c >= '0' && c <= '9';
}

/// An outline as stb_truetype fills it.
std::vector<stbtt_vertex> vertices_of(const Face& face, std::uint32_t glyph) {
  const auto whole = [](double value) {
    return static_cast<stbtt_vertex_type>(std::lround(std::clamp(value, -32768.0, 32767.0)));
  };
  std::vector<stbtt_vertex> vertices;
  for (const OutlineStep& step : face.outline(glyph)) {
    using Kind = OutlineStep::Kind;
    const auto& p = step.points;
    stbtt_vertex v{};
    v.type = static_cast<unsigned char>(step.kind == Kind::move        ? STBTT_vmove
                                        : step.kind == Kind::line      ? STBTT_vline
                                        : step.kind == Kind::quadratic ? STBTT_vcurve
                                                                       : STBTT_vcubic);
    v.x = whole(step.end().x);
    v.y = whole(step.end().y);
    v.cx = whole(p[0].x);
    v.cy = whole(p[0].y);
    v.cx1 = whole(p[1].x);
    v.cy1 = whole(p[1].y);
    vertices.push_back(v);
  }
  return vertices;
}

/// The pixels that an outline may touch: half-open, y downwards.
struct Bounds {
  int x0, y0, x1, y1;
};

Bounds bounds_of(std::span<const stbtt_vertex> vertices, float across, float upward, float shift) {
  if (vertices.empty()) return {0, 0, 0, 0};
  float x0 = 1e9F, y0 = 1e9F, x1 = -1e9F, y1 = -1e9F;
  const auto add = [&](float x, float y) {
    x0 = std::min(x0, x);
    x1 = std::max(x1, x);
    y0 = std::min(y0, y);
    y1 = std::max(y1, y);
  };
  for (const stbtt_vertex& v : vertices) {
    add(v.x, v.y);
    if (v.type == STBTT_vcurve || v.type == STBTT_vcubic) add(v.cx, v.cy);
    if (v.type == STBTT_vcubic) add(v.cx1, v.cy1);
  }
  return {static_cast<int>(std::floor(x0 * across + shift)), static_cast<int>(std::floor(-y1 * upward)),
          static_cast<int>(std::ceil(x1 * across + shift)), static_cast<int>(std::ceil(-y0 * upward))};
}

}  // namespace

struct Font::State {
  struct Kept {
    int left, top, width, height;
    std::size_t offset;
  };

  std::shared_ptr<FontFallback> fallback;
  std::array<stbtt_fontinfo, 2> faces{};                     // the embedded ones, for measuring
  std::array<std::array<std::uint16_t, 256>, 2> glyph_of{};  // of the first 256 code points
  std::array<std::array<std::uint16_t, 256>, 2> advance_of{};
  std::unordered_map<std::uint64_t, Kept> glyphs;
  std::vector<std::uint8_t> coverage;

  const stbtt_fontinfo& face(FontWeight weight) const { return faces[static_cast<std::size_t>(weight)]; }

  int glyph_index(char32_t code, FontWeight weight) const {
    if (code < 256) return glyph_of[static_cast<std::size_t>(weight)][code];
    return code == 0xfffd ? 0 : stbtt_FindGlyphIndex(&face(weight), static_cast<int>(code));
  }

  /// In font units.
  double glyph_advance(char32_t code, int index, FontWeight weight) const {
    if (index == 0) return box_advance * units;
    if (code < 256) return advance_of[static_cast<std::size_t>(weight)][code];
    int advance = 0, bearing = 0;
    stbtt_GetGlyphHMetrics(&face(weight), index, &advance, &bearing);
    return advance;
  }

  double kerning(char32_t before, char32_t code, FontWeight weight) const {
    if (before == 0 || before == ' ' || code == ' ' || ascii_digit(code)) return 0;
    const int left = glyph_index(before, weight), right = glyph_index(code, weight);
    return left == 0 || right == 0 ? 0 : stbtt_GetGlyphKernAdvance(&face(weight), left, right);
  }

  /// Calls `take(begin, code, kerning, advance)`, in font units, for each letter of a line that needs no
  /// shaping.
  template <typename Take>
  void each_letter(std::string_view text, FontWeight weight, Take take) const {
    char32_t before = 0;
    for (std::string_view rest = text; !rest.empty();) {
      const std::size_t begin = text.size() - rest.size();
      const char32_t code = next_code_point(rest);
      take(begin, code, kerning(before, code, weight),
           glyph_advance(code, glyph_index(code, weight), weight));
      before = code;
    }
  }

  Kept draw(const Face& face, std::uint32_t glyph, double size, int quarter);
  Kept draw_box(double size);
};

Font::Font(std::shared_ptr<FontFallback> fallback) : state_(std::make_unique<State>()) {
  state_->fallback = std::move(fallback);
  for (std::size_t w = 0; w < 2; ++w) {
    if (stbtt_InitFont(&state_->faces[w], font_file(static_cast<FontWeight>(w)).data(), 0) == 0)
      throw std::logic_error("the embedded font is damaged");
    for (int c = 0; c < 256; ++c) {
      // Control characters are drawn as spaces.
      const bool control = c < 32 || (c >= 127 && c < 160);
      const int index = stbtt_FindGlyphIndex(&state_->faces[w], control ? ' ' : c);
      int advance = 0, bearing = 0;
      stbtt_GetGlyphHMetrics(&state_->faces[w], index, &advance, &bearing);
      state_->glyph_of[w][static_cast<std::size_t>(c)] = static_cast<std::uint16_t>(index);
      state_->advance_of[w][static_cast<std::size_t>(c)] = static_cast<std::uint16_t>(advance);
    }
  }
}

Font::~Font() = default;
Font::Font(Font&&) noexcept = default;
Font& Font::operator=(Font&&) noexcept = default;

double Font::width(std::string_view text, double size, FontWeight weight) const {
  if (needs_shaping(text, weight)) return shaped(text, weight, state_->fallback.get()).width * size;
  double sum = 0;
  state_->each_letter(text, weight, [&](std::size_t, char32_t, double kerning, double advance) {
    sum += (kerning + advance) * size / units;
  });
  return sum;
}

double Font::ascent(double size) const {
  return size * 0.905;
}
double Font::descent(double size) const {
  return size * 0.212;
}
double Font::cap_height(double size) const {
  return size * cap_units / units;
}

std::vector<Font::Piece> Font::pieces(std::string_view text, double size, FontWeight weight) const {
  std::vector<Piece> pieces;
  if (!needs_shaping(text, weight)) {
    state_->each_letter(text, weight, [&](std::size_t begin, char32_t, double kerning, double advance) {
      pieces.push_back({begin, (kerning + advance) * size / units});
    });
    return pieces;
  }
  for (const ShapedGlyph& g : shaped(text, weight, state_->fallback.get()).glyphs)
    pieces.push_back({g.begin, g.advance * size});
  std::ranges::stable_sort(pieces, {}, &Piece::begin);
  std::size_t count = 0;  // glyphs of the same letters are one piece
  for (const Piece& piece : pieces)
    if (count > 0 && pieces[count - 1].begin == piece.begin)
      pieces[count - 1].advance += piece.advance;
    else
      pieces[count++] = piece;
  pieces.resize(count);
  return pieces;
}

std::string Font::fitted(std::string_view text, double size, double width, FontWeight weight) const {
  if (this->width(text, size, weight) <= width) return std::string(text);
  const double room = width - this->width(ellipsis, size, weight);
  if (room < 0) return {};
  const std::vector<Piece> all = pieces(text, size, weight);
  std::size_t kept = 0;
  for (double sum = 0; kept < all.size() && (sum += all[kept].advance) <= room;) ++kept;
  kept = std::min(kept, all.size() - 1);
  for (;; --kept) {  // the last letter may be wider where nothing joins it any more
    std::string cut = std::string(text.substr(0, all[kept].begin)).append(ellipsis);
    if (kept == 0 || this->width(cut, size, weight) <= width) return cut;
  }
}

std::string Font::fitted_middle(std::string_view text, double size, double width, FontWeight weight) const {
  if (this->width(text, size, weight) <= width) return std::string(text);
  const double room = width - this->width(ellipsis, size, weight);
  if (room < 0) return {};
  const std::vector<Piece> all = pieces(text, size, weight);
  // From both ends inwards, the end first: it distinguishes siblings.
  std::size_t head = 0, tail = all.size();
  bool from_end = true;
  for (double used = 0; head < tail; from_end = !from_end) {
    used += all[from_end ? tail - 1 : head].advance;
    if (used > room) break;
    from_end ? --tail : ++head;
  }
  const auto begin = [&](std::size_t i) { return i < all.size() ? all[i].begin : text.size(); };
  for (;;) {
    std::string cut =
        std::string(text.substr(0, begin(head))).append(ellipsis).append(text.substr(begin(tail)));
    if ((head == 0 && tail == all.size()) || this->width(cut, size, weight) <= width) return cut;
    head > 0 ? --head : ++tail;
  }
}

std::vector<PlacedGlyph> Font::line(std::string_view text, double size, FontWeight weight) const {
  std::vector<PlacedGlyph> glyphs;
  if (needs_shaping(text, weight)) {
    for (const ShapedGlyph& g : shaped(text, weight, state_->fallback.get()).glyphs)
      glyphs.push_back({g.face, g.glyph, g.x * size, -g.y * size});
    return glyphs;
  }
  double pen = 0;
  state_->each_letter(text, weight, [&](std::size_t, char32_t code, double kerning, double advance) {
    const int index = state_->glyph_index(code, weight);
    pen += kerning * size / units;
    glyphs.push_back(
        {index == 0 ? nullptr : &embedded_face(weight), static_cast<std::uint32_t>(index), pen, 0});
    pen += advance * size / units;
  });
  return glyphs;
}

Font::State::Kept Font::State::draw(const Face& face, std::uint32_t glyph, double size, int quarter) {
  const bool embedded =
      &face == &embedded_face(FontWeight::regular) || &face == &embedded_face(FontWeight::bold);
  const auto across = static_cast<float>(size / face.units());
  const auto upward = static_cast<float>(size * (embedded ? height_fit(size) : 1) / face.units());
  const float shift = static_cast<float>(quarter) / 4;
  std::vector<stbtt_vertex> vertices = vertices_of(face, glyph);
  const Bounds b = bounds_of(vertices, across, upward, shift);
  const Kept kept{b.x0, b.y0, b.x1 - b.x0, b.y1 - b.y0, coverage.size()};
  coverage.resize(kept.offset + static_cast<std::size_t>(kept.width) * static_cast<std::size_t>(kept.height));
  if (kept.width == 0 || kept.height == 0) return kept;
  stbtt__bitmap into{kept.width, kept.height, kept.width, coverage.data() + kept.offset};
  constexpr float flatness = 0.35F;  // pixels
  stbtt_Rasterize(&into, flatness, vertices.data(), static_cast<int>(vertices.size()), across, upward, shift,
                  0, b.x0, b.y0, 1, nullptr);
  return kept;
}

Font::State::Kept Font::State::draw_box(double size) {
  const int width = std::max(3, static_cast<int>(std::lround(size * (box_advance - 0.15))));
  const int height = std::max(3, static_cast<int>(std::lround(size * cap_units / units)));
  const int line = std::max(1, static_cast<int>(std::lround(size / 14)));
  const Kept kept{static_cast<int>(std::lround(size * 0.075)), -height, width, height, coverage.size()};
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x) {
      const bool inside = x >= line && x < width - line && y >= line && y < height - line;
      coverage.push_back(inside ? 0 : 255);
    }
  return kept;
}

Glyph Font::glyph(const PlacedGlyph& placed, double size, int quarter) {
  const auto bits = std::bit_cast<std::uint32_t>(static_cast<float>(size));
  const std::uint64_t face = placed.face == nullptr ? 0 : placed.face->number() + 1;
  const std::uint64_t key = std::uint64_t{bits} << 32 | face << 18 | std::uint64_t{placed.index} << 2 |
                            static_cast<unsigned>(quarter & 3);
  auto found = state_->glyphs.find(key);
  if (found == state_->glyphs.end()) {
    const auto kept = placed.face == nullptr ? state_->draw_box(size)
                                             : state_->draw(*placed.face, placed.index, size, quarter & 3);
    found = state_->glyphs.emplace(key, kept).first;
  }
  const State::Kept& kept = found->second;
  const auto count = static_cast<std::size_t>(kept.width) * static_cast<std::size_t>(kept.height);
  return {kept.left, kept.top, kept.width, kept.height,
          std::span<const std::uint8_t>(state_->coverage).subspan(kept.offset, count)};
}

}  // namespace nv::render
