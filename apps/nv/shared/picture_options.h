// Options of commands that write pictures.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "nv/render/scene/print.h"
#include "nv/render/scene/theme.h"
#include "nv/render/text/font_fallback.h"
#include "nv/report/json.h"
#include "shared/option_set.h"
#include "shared/sheets.h"

namespace nv {

/// Parses --format: "png,svg". Throws Error(usage).
std::vector<render::PictureFormat> parse_picture_formats(const std::string& list);

class PictureOptions {
 public:
  void declare(OptionSet& options);

  /// Both throw Error(usage) for invalid values.
  render::Print print() const;
  render::Theme theme() const { return render::theme_named(theme_); }
  /// Print size and theme, with the command line for the metadata. Throws Error(usage).
  SheetStyle style(const std::string& command) const;

  /// The values, for another run that is to draw the same pictures.
  Json json() const;
  /// Takes the values that `json` gave. Throws Error(input) if they are not valid.
  void take(const Json& json);

 private:
  OptionRef theme_option_;
  std::string theme_ = "light", width_, height_, font_size_, caption_;
  double dpi_ = 0, font_scale_ = 1;
  bool no_title_ = false;
  std::shared_ptr<render::FontFallback> fallback_ = std::make_shared<render::FontFallback>();
};

}  // namespace nv
