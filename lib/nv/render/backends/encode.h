// A composed figure as a PNG, SVG or PDF file.
#pragma once

#include <optional>
#include <string_view>

#include "nv/core/file.h"
#include "nv/render/backends/provenance.h"
#include "nv/render/scene/print.h"

namespace nv::render {

enum class PictureFormat { png, svg, pdf };

/// By the extension of a file's name, in any case; nullopt if it is none of these.
std::optional<PictureFormat> picture_format(std::string_view file_name);
/// "png", "svg" or "pdf".
std::string_view extension(PictureFormat format);

/// The file's bytes, which depend on the arguments only. Throws Error(output) for a figure that is too large.
Bytes encode(const Printed& sheet, PictureFormat format, double dpi, const Provenance& provenance);

}  // namespace nv::render
