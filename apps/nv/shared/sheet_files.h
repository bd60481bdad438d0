// Writes figures into folders and files.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "nv/core/parallel.h"
#include "shared/output_folder.h"
#include "shared/sheets.h"

namespace nv {

/// Figure that is drawn when its file is written: for a page in one theme, for a web page in two. Objects
/// that `compose` refers to must outlive it.
struct NamedSheet {
  std::string name;   ///< file name without extension: "003-conv2"
  std::string title;  ///< "lenet5.h5: conv2"
  std::function<render::Scene(const figures::Style&, const render::Page&)> compose;

  /// The figure in one style.
  render::Compose in(const figures::Style& style) const {
    return [this, &style](const render::Page& page) { return compose(style, page); };
  }
};

/// Writes the figure in the format of the file name's extension. Throws Error(output), also for an existing
/// file that nv did not write unless `force`.
void write_sheet(const std::string& file, const NamedSheet& sheet, const std::vector<std::string>& sources,
                 const SheetStyle& style, bool force);

/// Writes each figure in every format as PLACE/NAME.png, ... (`place` "": the folder itself), in parallel.
/// Returns the first file of each figure.
std::vector<std::string> write_sheets(OutputFolder& folder, const std::string& place,
                                      std::span<const NamedSheet> sheets,
                                      std::span<const render::PictureFormat> formats,
                                      const std::vector<std::string>& sources, const SheetStyle& style,
                                      ThreadPool& pool);

}  // namespace nv
