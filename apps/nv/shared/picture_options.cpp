#include "shared/picture_options.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "nv/core/error.h"
#include "nv/core/text.h"

namespace nv {

namespace {

constexpr double least_dpi = 24, most_dpi = 1200, least_scale = 0.25, most_scale = 4;

/// A note about characters that are drawn as boxes; "" if there are none.
std::string missing_letters(const std::vector<char32_t>& codes) {
  if (codes.empty()) return {};
  constexpr std::size_t most = 5;
  std::string list;
  for (std::size_t i = 0; i < std::min(most, codes.size()); ++i)
    list += fmt::format("{}U+{:04X}", i == 0 ? "" : ", ", static_cast<std::uint32_t>(codes[i]));
  return fmt::format(
      "no installed font has {} of the characters in the pictures ({}{}), which are drawn as boxes: install "
      "a font that has them, such as Noto Sans, or name one by --font",
      codes.size(), list, codes.size() > most ? ", ..." : "");
}

}  // namespace

std::vector<render::PictureFormat> parse_picture_formats(const std::string& list) {
  std::vector<render::PictureFormat> formats;
  for (const std::string& name : split(list, ',')) {
    const auto format = render::picture_format("." + std::string(trim(name)));
    if (!format)
      throw Error(ErrorKind::usage, fmt::format("--format: no format '{}'", one_line(name)), "png, svg, pdf");
    formats.push_back(*format);
  }
  return formats;
}

void PictureOptions::declare(OptionSet& options) {
  const OptionGroup group = options.group("Pictures");
  const auto length = [](const char* option) {
    return [option](const std::string& text) { (void)render::parse_length(text, option); };
  };
  theme_option_ = group.add("--theme", theme_, "THEME", "Colours").one_of({"light", "dark"});
  group.add("--width", width_, "LENGTH", "Exact width: 3.3in, 84mm, 8.4cm, 240pt, 1200px")
      .check(length("--width"))
      .default_value("as needed");
  group.add("--height", height_, "LENGTH", "Largest height")
      .check(length("--height"))
      .default_value("any; A4 paper with --width in mm, cm, in, pt");
  group.add("--dpi", dpi_, "N", "Dots per inch of PNG files")
      .range(least_dpi, most_dpi)
      .default_value("96; 300 with --width in mm, cm, in, pt");
  group.add("--font-size", font_size_, "LENGTH", "Size of running text: 8pt, 3mm")
      .check(length("--font-size"))
      .default_value("by --width");
  group.add("--font-scale", font_scale_, "F", "Factor on all text sizes").range(least_scale, most_scale);
  group.add_flag("--no-title", no_title_, "Omit headings of sheets");
  group
      .add(
          "--font",
          [this](const std::string& font) { fallback_ = std::make_shared<render::FontFallback>(font); },
          "FILE|FAMILY", "Font for characters that the built-in one lacks")
      .default_value("an installed one");
  options.add_remark([this] { return missing_letters(fallback_->missing()); });
  group.add("--caption", caption_, "TEXT", "Text below the picture").may_be_empty();
}

render::Print PictureOptions::print() const {
  render::Print print;
  if (!width_.empty()) print.width = render::parse_length(width_, "--width");
  if (!height_.empty()) print.height = render::parse_length(height_, "--height");
  if (!font_size_.empty()) print.font = render::parse_length(font_size_, "--font-size");
  if (dpi_ > 0) print.dpi = dpi_;
  print.font_scale = font_scale_;
  print.title = !no_title_;
  print.caption = caption_;
  print.fallback = fallback_;
  return print;
}

SheetStyle PictureOptions::style(const std::string& command) const {
  SheetStyle style;
  style.theme = theme();
  style.theme_chosen = theme_option_.is_given();
  style.print = print();
  style.command = command;
  return style;
}

Json PictureOptions::json() const {
  return {{"theme", theme_},         {"width", width_},           {"dpi", dpi_},
          {"font_size", font_size_}, {"font_scale", font_scale_}, {"no_title", no_title_},
          {"caption", caption_}};
}

void PictureOptions::take(const Json& json) {
  PictureOptions taken;
  taken.fallback_ = fallback_;  // the fonts of this machine
  try {
    taken.theme_ = json.at("theme").get<std::string>();
    taken.width_ = json.at("width").get<std::string>();
    taken.dpi_ = json.at("dpi").get<double>();
    taken.font_size_ = json.at("font_size").get<std::string>();
    taken.font_scale_ = json.at("font_scale").get<double>();
    taken.no_title_ = json.at("no_title").get<bool>();
    taken.caption_ = json.at("caption").get<std::string>();
    (void)taken.style("");
  } catch (const Json::exception&) {
    throw_input("the options of pictures are not complete");
  } catch (const Error& e) {
    throw_input("{}", e.what());
  }
  if ((taken.dpi_ != 0 && !(taken.dpi_ >= least_dpi && taken.dpi_ <= most_dpi)) ||
      !(taken.font_scale_ >= least_scale && taken.font_scale_ <= most_scale))
    throw_input("the options of pictures are out of range");
  *this = taken;
}

}  // namespace nv
