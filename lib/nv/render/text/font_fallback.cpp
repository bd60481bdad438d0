#include "nv/render/text/font_fallback.h"

#include <fontconfig/fontconfig.h>

#include <array>
#include <filesystem>
#include <map>
#include <mutex>
#include <utility>

#include "nv/core/bytes.h"
#include "nv/core/error.h"
#include "nv/core/text.h"

namespace nv::render {

namespace {

using Config = std::unique_ptr<FcConfig, decltype(&FcConfigDestroy)>;
using Pattern = std::unique_ptr<FcPattern, decltype(&FcPatternDestroy)>;
using FontSet = std::unique_ptr<FcFontSet, decltype(&FcFontSetDestroy)>;

const FcChar8* bytes(const std::string& text) {
  return reinterpret_cast<const FcChar8*>(text.c_str());
}

/// The fonts of the system; none if fontconfig has no configuration, about which it must not complain.
Config installed_fonts() {
  Config config(FcConfigCreate(), FcConfigDestroy);
  if (FcConfigParseAndLoad(config.get(), nullptr, FcFalse) != FcTrue ||
      FcConfigBuildFonts(config.get()) != FcTrue)
    config.reset(FcConfigCreate());
  return config;
}

std::string text_of(const FcPattern* font, const char* property, int index = 0) {
  FcChar8* text = nullptr;
  if (FcPatternGetString(font, property, index, &text) != FcResultMatch) return {};
  return reinterpret_cast<const char*>(text);
}

bool flag_of(const FcPattern* font, const char* property) {
  FcBool value = FcFalse;
  return FcPatternGetBool(font, property, 0, &value) == FcResultMatch && value == FcTrue;
}

/// Whether the font has outlines that HarfBuzz reads. A variable font is listed once per instance, too.
bool usable(const FcPattern* font) {
  const std::string format = text_of(font, FC_FONTFORMAT);
  return (format == "TrueType" || format == "CFF") && !flag_of(font, FC_COLOR) &&
         !flag_of(font, FC_VARIABLE) && flag_of(font, FC_OUTLINE);
}

bool has_family(const FcPattern* font, const std::string& family) {
  for (int i = 0;; ++i) {
    const std::string name = text_of(font, FC_FAMILY, i);
    if (name.empty()) return false;
    if (ascii_lower(name) == ascii_lower(family)) return true;
  }
}

/// All fonts, those most similar to `family` first, fonts without new letters left out.
FontSet sorted_fonts(FcConfig* config, const std::string& family, FontWeight weight) {
  const Pattern wanted(FcPatternCreate(), FcPatternDestroy);
  if (!family.empty()) FcPatternAddString(wanted.get(), FC_FAMILY, bytes(family));
  for (const char* const like : {"Liberation Sans", "sans-serif"})
    FcPatternAddString(wanted.get(), FC_FAMILY, bytes(like));
  FcPatternAddInteger(wanted.get(), FC_WEIGHT,
                      weight == FontWeight::bold ? FC_WEIGHT_BOLD : FC_WEIGHT_REGULAR);
  FcPatternAddInteger(wanted.get(), FC_SLANT, FC_SLANT_ROMAN);
  FcPatternAddBool(wanted.get(), FC_COLOR, FcFalse);
  FcConfigSubstitute(config, wanted.get(), FcMatchPattern);
  FcDefaultSubstitute(wanted.get());
  FcResult result = FcResultNoMatch;
  return {FcFontSort(config, wanted.get(), FcTrue, nullptr, &result), FcFontSetDestroy};
}

}  // namespace

struct FontFallback::State {
  std::string file, family;  ///< what the user chose: one of them, or neither
  std::unique_ptr<const Face> chosen;
  mutable std::mutex mutex;
  Config config{nullptr, FcConfigDestroy};
  std::array<FontSet, 2> sorted = {FontSet{nullptr, FcFontSetDestroy}, FontSet{nullptr, FcFontSetDestroy}};
  std::map<std::pair<std::string, int>, std::unique_ptr<const Face>> faces;
  std::array<std::map<char32_t, const Face*>, 2> found;

  FcConfig* fonts() {
    if (!config) config = installed_fonts();
    return config.get();
  }
  const Face* search(char32_t code, FontWeight weight);
};

const Face* FontFallback::State::search(char32_t code, FontWeight weight) {
  if (chosen && chosen->glyph_index(code) != 0) return chosen.get();
  FontSet& set = sorted[static_cast<std::size_t>(weight)];
  if (!set) set = sorted_fonts(fonts(), family, weight);
  for (int i = 0; set && i < set->nfont; ++i) {
    const FcPattern* const font = set->fonts[i];
    FcCharSet* letters = nullptr;
    if (FcPatternGetCharSet(font, FC_CHARSET, 0, &letters) != FcResultMatch ||
        FcCharSetHasChar(letters, code) != FcTrue || !usable(font))
      continue;
    int index = 0;
    FcPatternGetInteger(font, FC_INDEX, 0, &index);
    const std::pair key(text_of(font, FC_FILE), index);
    auto at = faces.find(key);
    if (at == faces.end()) at = faces.emplace(key, Face::open(key.first, static_cast<unsigned>(index))).first;
    if (at->second && at->second->glyph_index(code) != 0) return at->second.get();
  }
  return nullptr;
}

FontFallback::FontFallback(const std::string& font) : state_(std::make_unique<State>()) {
  if (font.empty()) return;
  std::error_code ec;
  if (std::filesystem::exists(font, ec)) {
    state_->chosen = Face::open(font, 0);
    if (!state_->chosen)
      throw Error(ErrorKind::usage, fmt::format("--font: {} is not a font that nv reads", one_line(font)),
                  "TrueType or OpenType: .ttf, .otf, .ttc");
    return;
  }
  const FcFontSet* const all = FcConfigGetFonts(state_->fonts(), FcSetSystem);
  for (int i = 0; all != nullptr && i < all->nfont; ++i)
    if (has_family(all->fonts[i], font)) {
      state_->family = font;
      return;
    }
  throw Error(ErrorKind::usage, fmt::format("--font: no file and no installed font '{}'", one_line(font)),
              "fc-list : family prints the fonts of this system");
}

FontFallback::~FontFallback() = default;

const Face* FontFallback::face_for(char32_t code, FontWeight weight) {
  const std::lock_guard lock(state_->mutex);
  auto& found = state_->found[static_cast<std::size_t>(weight)];
  auto at = found.find(code);
  if (at == found.end()) at = found.emplace(code, state_->search(code, weight)).first;
  return at->second;
}

std::vector<char32_t> FontFallback::missing() const {
  const std::lock_guard lock(state_->mutex);
  std::vector<char32_t> codes;
  std::map<char32_t, const Face*> all = state_->found[0];
  all.insert(state_->found[1].begin(), state_->found[1].end());
  for (const auto& [code, face] : all)
    if (face == nullptr) codes.push_back(code);
  return codes;
}

}  // namespace nv::render
