// Images as PNG files.
#pragma once

#include <string>
#include <vector>

#include "nv/core/file.h"
#include "nv/render/backends/raster.h"

namespace nv::render {

/// Metadata of a PNG file.
struct PngNotes {
  struct Entry {
    std::string keyword;  ///< 1..79 Latin letters: "Software", "Comment", ...
    std::string text;     ///< UTF-8
  };
  double dpi = 0;  ///< pixels per inch; 0: not written
  std::vector<Entry> entries;
};

/// The file's bytes, which depend on the arguments only. Thread-safe. Throws Error(output) for an image
/// without pixels or one too large for the format.
Bytes encode_png(const Image& image, const PngNotes& notes = {});

}  // namespace nv::render
