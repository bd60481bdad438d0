#include "picture_options.h"

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

void PictureOptions::declare(CLI::App& app) {
  const char* group = "Pictures";
  app.add_option("--theme", theme_, "light, dark")->type_name("THEME")->group(group);
  app.add_option("--width", width_, "Exact width: 3.3in, 84mm, 240pt, 1200px")
      ->type_name("LENGTH")
      ->group(group);
  app.add_option("--dpi", dpi_, "Dots an inch of PNG files (96; 300 for a --width in print)")
      ->type_name("N")
      ->check(CLI::Range(24.0, 1200.0))
      ->group(group);
  app.add_option("--font-size", font_size_, "Of running text: 8pt")->type_name("LENGTH")->group(group);
  app.add_option("--font-scale", font_scale_, "All text larger or smaller (1)")
      ->type_name("F")
      ->check(CLI::Range(0.25, 4.0))
      ->group(group);
  app.add_flag("--no-title", no_title_, "Sheets without their heading")->group(group);
  app.add_option("--caption", caption_, "A text below the picture")->type_name("TEXT")->group(group);
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
