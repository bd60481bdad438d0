#include "nv/render/text/face.h"

#include <hb-ot.h>
#include <hb.h>

#include <atomic>
#include <stdexcept>
#include <utility>

extern "C" {
extern const unsigned char nv_font_regular[];
extern const unsigned char nv_font_regular_end[];
extern const unsigned char nv_font_bold[];
extern const unsigned char nv_font_bold_end[];
}

namespace nv::render {

namespace {

using Blob = std::unique_ptr<hb_blob_t, decltype(&hb_blob_destroy)>;
using HbFace = std::unique_ptr<hb_face_t, decltype(&hb_face_destroy)>;
using Steps = std::vector<OutlineStep>;

/// A font whose units are those of the file; null if there is no face `index` with letters.
std::unique_ptr<hb_font_t, void (*)(hb_font_t*)> font_of(hb_blob_t* blob, unsigned index) {
  std::unique_ptr<hb_font_t, void (*)(hb_font_t*)> font(nullptr, hb_font_destroy);
  const unsigned member = index & 0xffffU, instance = index >> 16;
  if (member >= hb_face_count(blob)) return font;
  const HbFace face(hb_face_create(blob, member), hb_face_destroy);
  if (hb_face_get_glyph_count(face.get()) < 2) return font;
  font.reset(hb_font_create(face.get()));
  if (instance > 0) hb_font_set_var_named_instance(font.get(), instance - 1);
  hb_font_make_immutable(font.get());
  return font;
}

std::string family_of(hb_font_t* font) {
  char name[128];
  unsigned size = sizeof name;
  hb_ot_name_get_utf8(hb_font_get_face(font), HB_OT_NAME_ID_FONT_FAMILY, hb_language_from_string("en", -1),
                      &size, name);
  return {name, size};
}

/// Callbacks that append to Steps.
hb_draw_funcs_t* recorder() {
  static hb_draw_funcs_t* const functions = [] {
    using Kind = OutlineStep::Kind;
    hb_draw_funcs_t* const f = hb_draw_funcs_create();
    hb_draw_funcs_set_move_to_func(
        f,
        [](hb_draw_funcs_t*, void* to, hb_draw_state_t*, float x, float y, void*) {
          static_cast<Steps*>(to)->push_back({Kind::move, {Point{x, y}}});
        },
        nullptr, nullptr);
    hb_draw_funcs_set_line_to_func(
        f,
        [](hb_draw_funcs_t*, void* to, hb_draw_state_t*, float x, float y, void*) {
          static_cast<Steps*>(to)->push_back({Kind::line, {Point{x, y}}});
        },
        nullptr, nullptr);
    hb_draw_funcs_set_quadratic_to_func(
        f,
        [](hb_draw_funcs_t*, void* to, hb_draw_state_t*, float cx, float cy, float x, float y, void*) {
          static_cast<Steps*>(to)->push_back({Kind::quadratic, {Point{cx, cy}, Point{x, y}}});
        },
        nullptr, nullptr);
    hb_draw_funcs_set_cubic_to_func(
        f,
        [](hb_draw_funcs_t*, void* to, hb_draw_state_t*, float ax, float ay, float bx, float by, float x,
           float y, void*) {
          static_cast<Steps*>(to)->push_back({Kind::cubic, {Point{ax, ay}, Point{bx, by}, Point{x, y}}});
        },
        nullptr, nullptr);
    hb_draw_funcs_make_immutable(f);
    return f;
  }();
  return functions;
}

}  // namespace

Face::Face(Font font) : font_(std::move(font)), family_(family_of(font_.get())) {
  static std::atomic<std::uint32_t> faces{0};
  number_ = faces++;
}

Face::~Face() = default;

std::unique_ptr<const Face> Face::open(const std::string& file, unsigned index) {
  const Blob blob(hb_blob_create_from_file(file.c_str()), hb_blob_destroy);
  Font font = font_of(blob.get(), index);
  return std::unique_ptr<const Face>(font ? new Face(std::move(font)) : nullptr);
}

std::unique_ptr<const Face> Face::of(std::span<const std::uint8_t> file) {
  const Blob blob(
      hb_blob_create(reinterpret_cast<const char*>(file.data()), static_cast<unsigned>(file.size()),
                     HB_MEMORY_MODE_READONLY, nullptr, nullptr),
      hb_blob_destroy);
  Font font = font_of(blob.get(), 0);
  return std::unique_ptr<const Face>(font ? new Face(std::move(font)) : nullptr);
}

std::uint32_t Face::glyph_index(char32_t code) const {
  hb_codepoint_t glyph = 0;
  return hb_font_get_nominal_glyph(font_.get(), code, &glyph) != 0 ? glyph : 0;
}

std::vector<OutlineStep> Face::outline(std::uint32_t glyph) const {
  Steps steps;
#if HB_VERSION_ATLEAST(7, 0, 0)
  hb_font_draw_glyph(font_.get(), glyph, recorder(), &steps);
#else
  hb_font_get_glyph_shape(font_.get(), glyph, recorder(), &steps);
#endif
  return steps;
}

double Face::units() const {
  return hb_face_get_upem(hb_font_get_face(font_.get()));
}

const Face& embedded_face(FontWeight weight) {
  static const std::array<std::unique_ptr<const Face>, 2> faces = {Face::of(font_file(FontWeight::regular)),
                                                                   Face::of(font_file(FontWeight::bold))};
  const auto& face = faces[static_cast<std::size_t>(weight)];
  if (!face) throw std::logic_error("the embedded font is damaged");
  return *face;
}

std::span<const std::uint8_t> font_file(FontWeight weight) {
  const bool bold = weight == FontWeight::bold;
  return {bold ? nv_font_bold : nv_font_regular, bold ? nv_font_bold_end : nv_font_regular_end};
}

}  // namespace nv::render
