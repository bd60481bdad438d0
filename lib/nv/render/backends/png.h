// Images as PNG files.
#pragma once

#include <string>
#include <vector>

#include "nv/core/file.h"
#include "nv/render/backends/raster.h"

namespace nv::render {

/// What a PNG file says beside its pixels.
struct PngNotes {
  struct Entry {
    std::string keyword;  ///< 1..79 Latin letters: "Software", "Comment", ...
    std::string text;     ///< UTF-8
  };
  double dpi = 0;  ///< pixels an inch; 0 says nothing
  std::vector<Entry> entries;
};

/// The file's bytes; the same image gives the same bytes. May be called by several threads at once. Throws
/// Error(output) for an image without pixels or one too large for the format.
Bytes encode_png(const Image& image, const PngNotes& notes = {});

}  // namespace nv::render
