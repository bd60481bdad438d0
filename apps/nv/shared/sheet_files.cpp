#include "shared/sheet_files.h"

#include <fmt/format.h>

#include "shared/named_file.h"
#include "shared/stage.h"

namespace nv {

void write_sheet(const std::string& file, const NamedSheet& sheet, const std::vector<std::string>& sources,
                 const SheetStyle& style, bool force) {
  const Stage stage("drawing");
  write_named_file(file, picture(sheet.in(style), *render::picture_format(file), sheet.title, sources, style),
                   force);
}

std::vector<std::string> write_sheets(OutputFolder& folder, const std::string& place,
                                      std::span<const NamedSheet> sheets,
                                      std::span<const render::PictureFormat> formats,
                                      const std::vector<std::string>& sources, const SheetStyle& style,
                                      ThreadPool& pool) {
  const Stage stage("drawing");
  std::vector<std::string> files(sheets.size());
  pool.for_each(static_cast<std::int64_t>(sheets.size()), [&](std::int64_t job) {
    const auto i = static_cast<std::size_t>(job);
    for (const render::PictureFormat format : formats) {
      const std::string name = fmt::format("{}{}{}.{}", place, place.empty() ? "" : "/", sheets[i].name,
                                           render::extension(format));
      folder.write(name, picture(sheets[i].in(style), format, sheets[i].title, sources, style));
      if (files[i].empty()) files[i] = name;
    }
  });
  return files;
}

}  // namespace nv
