#include "shared/sheets.h"

#include <fmt/format.h>

namespace nv {

std::string picture_title(const Model& model, const std::string& what) {
  return fmt::format("{}: {}", model_title(model), what);
}

Bytes picture(const render::Compose& compose, render::PictureFormat format, const std::string& title,
              const std::vector<std::string>& sources, const SheetStyle& style) {
  const render::Provenance origin{title, "nv " NV_VERSION, style.command, sources};
  return encode(printed(compose, style.print), format, style.print.resolution(), origin);
}

}  // namespace nv
