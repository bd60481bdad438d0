#include "shared/picture_options.h"

#include "nv/core/error.h"
#include "nv/core/text.h"

namespace nv {

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
  group.add("--theme", theme_, "THEME", "light, dark");
  group.add("--width", width_, "LENGTH", "Exact width: 3.3in, 84mm, 240pt, 1200px");
  group.add("--dpi", dpi_, "N", "Dots per inch of PNG files (96; 300 for a --width in inches, mm or pt)")
      .range(24.0, 1200.0);
  group.add("--font-size", font_size_, "LENGTH", "Size of running text: 8pt");
  group.add("--font-scale", font_scale_, "F", "Factor on all text sizes (1)").range(0.25, 4.0);
  group.add_flag("--no-title", no_title_, "Omit headings of sheets");
  group.add("--caption", caption_, "TEXT", "Text below the picture");
}

render::Print PictureOptions::print() const {
  render::Print print;
  if (!width_.empty()) print.width = render::parse_length(width_, "--width");
  if (!font_size_.empty()) print.font = render::parse_length(font_size_, "--font-size");
  if (dpi_ > 0) print.dpi = dpi_;
  print.font_scale = font_scale_;
  print.title = !no_title_;
  print.caption = caption_;
  return print;
}

SheetStyle PictureOptions::style(const std::string& command) const {
  SheetStyle style;
  style.theme = theme();
  style.print = print();
  style.command = command;
  return style;
}

}  // namespace nv
