// A composed figure as a PNG, SVG or PDF file.
#pragma once

#include <optional>
#include <string_view>

#include "nv/core/file.h"
#include "nv/render/backends/provenance.h"
#include "nv/render/scene/print.h"

namespace nv::render {

enum class PictureFormat { png, svg, pdf };

/// By the ending of a file's name, whatever its case; nullopt for any other.
std::optional<PictureFormat> picture_format(std::string_view file_name);
/// "png", "svg" or "pdf".
std::string_view ending(PictureFormat format);

/// The file's bytes; the same scene gives the same bytes. Throws Error(output) for a picture too large.
Bytes encode(const Printed& sheet, PictureFormat format, double dpi, const Provenance& provenance);

}  // namespace nv::render
