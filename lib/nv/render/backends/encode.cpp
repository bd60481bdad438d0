#include "nv/render/backends/encode.h"

#include <cstring>
#include <string>
#include <utility>

#include "nv/core/bytes.h"
#include "nv/core/text.h"
#include "nv/render/backends/pdf.h"
#include "nv/render/backends/png.h"
#include "nv/render/backends/raster.h"
#include "nv/render/backends/svg.h"

namespace nv::render {

namespace {

Bytes raster_file(const Printed& sheet, double dpi, const Provenance& p) {
  PngNotes notes;
  notes.dpi = dpi;
  std::string sources;
  for (const std::string& source : p.sources) sources += (sources.empty() ? "" : "\n") + source;
  for (const auto& [keyword, text] : std::initializer_list<std::pair<const char*, const std::string&>>{
           {"Title", p.title}, {"Software", p.program}, {"Comment", p.command}, {"Source", sources}})
    if (!text.empty()) notes.entries.push_back({keyword, printable(text)});
  return encode_png(rasterise(sheet.scene, 1 / sheet.grain), notes);
}

Bytes bytes_of(std::string_view text) {
  Bytes bytes(text.size());
  std::memcpy(bytes.data(), text.data(), text.size());
  return bytes;
}

}  // namespace

std::optional<PictureFormat> picture_format(std::string_view file_name) {
  const std::size_t dot = file_name.rfind('.');
  if (dot == std::string_view::npos) return std::nullopt;
  const std::string last = ascii_lower(file_name.substr(dot + 1));
  for (const PictureFormat format : {PictureFormat::png, PictureFormat::svg, PictureFormat::pdf})
    if (last == extension(format)) return format;
  return std::nullopt;
}

std::string_view extension(PictureFormat format) {
  return format == PictureFormat::png ? "png" : format == PictureFormat::svg ? "svg" : "pdf";
}

Bytes encode(const Printed& sheet, PictureFormat format, double dpi, const Provenance& provenance) {
  switch (format) {
    case PictureFormat::svg:
      return bytes_of(encode_svg(sheet.scene, sheet.width, provenance));
    case PictureFormat::pdf:
      return encode_pdf(sheet.scene, sheet.width, provenance);
    case PictureFormat::png:
      break;
  }
  return raster_file(sheet, dpi, provenance);
}

}  // namespace nv::render
