// Sheets on their way into a folder.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "nv/core/parallel.h"
#include "shared/output_folder.h"
#include "sheets.h"

namespace nv {

/// A sheet that is yet to be drawn. What `compose` refers to must outlive it.
struct NamedSheet {
  std::string name;   ///< of its files, without an ending: "003-conv2"
  std::string title;  ///< "lenet5.h5: conv2"
  render::Compose compose;
};

/// Draws a sheet as the picture that the file's name asks for. Throws Error(output), also where a file is
/// there that nv did not write, without `force`.
void write_sheet(const std::string& file, const NamedSheet& sheet, const std::vector<std::string>& sources,
                 const SheetStyle& style, bool force);

/// Draws each sheet in every format and writes PLACE/NAME.png, ... ("": in the folder itself); in parallel.
/// The first file of each.
std::vector<std::string> write_sheets(OutputFolder& folder, const std::string& place,
                                      std::span<const NamedSheet> sheets,
                                      std::span<const render::PictureFormat> formats,
                                      const std::vector<std::string>& sources, const SheetStyle& style,
                                      ThreadPool& pool);

}  // namespace nv
