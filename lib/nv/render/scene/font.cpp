#include "nv/render/scene/font.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <stdexcept>
#include <unordered_map>
#include <utility>
#include <vector>

#include "nv/core/text.h"

#define STB_TRUETYPE_IMPLEMENTATION
#define STBTT_STATIC
#include <stb_truetype.h>

extern "C" {
extern const unsigned char nv_font_regular[];
extern const unsigned char nv_font_regular_end[];
extern const unsigned char nv_font_bold[];
extern const unsigned char nv_font_bold_end[];
}

namespace nv::render {

namespace {

constexpr double units = 2048;  // of the em, in both files
constexpr double cap_units = 1409, x_units = 1082;
constexpr double box_advance = 0.6;  // em, of the box for a missing glyph
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

bool digit(char32_t c) {
  return c >= '0' && c <= '9';
}

}  // namespace

std::span<const std::uint8_t> font_file(FontWeight weight) {
  const bool bold = weight == FontWeight::bold;
  return {bold ? nv_font_bold : nv_font_regular, bold ? nv_font_bold_end : nv_font_regular_end};
}

struct Font::State {
  struct Kept {
    int left, top, width, height;
    std::size_t offset;
  };

  std::array<stbtt_fontinfo, 2> faces{};
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

  Kept draw(int index, double size, FontWeight weight, int quarter);
  Kept draw_box(double size);
};

Font::Font() : state_(std::make_unique<State>()) {
  const unsigned char* const data[] = {nv_font_regular, nv_font_bold};
  for (std::size_t w = 0; w < 2; ++w) {
    if (stbtt_InitFont(&state_->faces[w], data[w], 0) == 0)
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

double Font::advance(char32_t before, char32_t code, double size, FontWeight weight) const {
  const int index = state_->glyph_index(code, weight);
  double sum = state_->glyph_advance(code, index, weight);
  if (before != 0 && before != ' ' && code != ' ' && !digit(code) && index != 0) {
    const int left = state_->glyph_index(before, weight);
    if (left != 0) sum += stbtt_GetGlyphKernAdvance(&state_->face(weight), left, index);
  }
  return sum * size / units;
}

double Font::width(std::string_view text, double size, FontWeight weight) const {
  double sum = 0;
  for (char32_t before = 0; !text.empty();) {
    const char32_t code = next_code_point(text);
    sum += advance(before, code, size, weight);
    before = code;
  }
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

std::string Font::fitted(std::string_view text, double size, double width, FontWeight weight) const {
  if (this->width(text, size, weight) <= width) return std::string(text);
  const double room = width - this->width(ellipsis, size, weight);
  if (room < 0) return {};
  std::string_view rest = text;
  double sum = 0;
  for (char32_t before = 0; !rest.empty();) {
    const std::string_view here = rest;
    const char32_t code = next_code_point(rest);
    sum += advance(before, code, size, weight);
    if (sum > room) return std::string(text.substr(0, text.size() - here.size())).append(ellipsis);
    before = code;
  }
  return std::string(text);
}

std::string Font::fitted_middle(std::string_view text, double size, double width, FontWeight weight) const {
  if (this->width(text, size, weight) <= width) return std::string(text);
  const double room = width - this->width(ellipsis, size, weight);
  if (room < 0) return {};
  std::vector<std::size_t> starts;
  for (std::string_view rest = text; !rest.empty(); next_code_point(rest))
    starts.push_back(text.size() - rest.size());
  // From both ends inwards, the end first: it distinguishes siblings.
  std::size_t head = 0, tail = starts.size();
  double used = 0;
  for (bool from_end = true; head < tail; from_end = !from_end) {
    const std::size_t i = from_end ? tail - 1 : head;
    std::string_view one = text.substr(starts[i]);
    used += advance(0, next_code_point(one), size, weight);
    if (used > room) break;
    from_end ? --tail : ++head;
  }
  const std::size_t cut = head < starts.size() ? starts[head] : text.size();
  const std::size_t resume = tail < starts.size() ? starts[tail] : text.size();
  return std::string(text.substr(0, cut)).append(ellipsis).append(text.substr(resume));
}

Font::State::Kept Font::State::draw(int index, double size, FontWeight weight, int quarter) {
  const auto across = static_cast<float>(size / units);
  const auto upward = static_cast<float>(size * height_fit(size) / units);
  const float shift = static_cast<float>(quarter) / 4;
  int x0 = 0, y0 = 0, x1 = 0, y1 = 0;
  stbtt_GetGlyphBitmapBoxSubpixel(&face(weight), index, across, upward, shift, 0, &x0, &y0, &x1, &y1);
  const Kept kept{x0, y0, std::max(0, x1 - x0), std::max(0, y1 - y0), coverage.size()};
  coverage.resize(kept.offset + static_cast<std::size_t>(kept.width) * static_cast<std::size_t>(kept.height));
  if (kept.width > 0 && kept.height > 0)
    stbtt_MakeGlyphBitmapSubpixel(&face(weight), coverage.data() + kept.offset, kept.width, kept.height,
                                  kept.width, across, upward, shift, 0, index);
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

Glyph Font::glyph(char32_t code, double size, FontWeight weight, int quarter) {
  const auto bits = std::bit_cast<std::uint32_t>(static_cast<float>(size));
  const std::uint64_t key = std::uint64_t{bits} << 32 | std::uint64_t{code} << 3 |
                            static_cast<std::uint64_t>(weight == FontWeight::bold ? 4 : 0) |
                            static_cast<std::uint64_t>(quarter & 3);
  auto found = state_->glyphs.find(key);
  if (found == state_->glyphs.end()) {
    const int index = state_->glyph_index(code, weight);
    const auto kept = index == 0 ? state_->draw_box(size) : state_->draw(index, size, weight, quarter & 3);
    found = state_->glyphs.emplace(key, kept).first;
  }
  const State::Kept& kept = found->second;
  const auto count = static_cast<std::size_t>(kept.width) * static_cast<std::size_t>(kept.height);
  return {kept.left, kept.top, kept.width, kept.height,
          std::span<const std::uint8_t>(state_->coverage).subspan(kept.offset, count)};
}

}  // namespace nv::render
