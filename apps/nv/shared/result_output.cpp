#include "shared/result_output.h"

#include "nv/core/error.h"
#include "nv/core/file.h"
#include "nv/render/backends/encode.h"
#include "shared/inputs.h"
#include "shared/named_file.h"

namespace nv {

void ResultOutput::declare_path(const OptionGroup& group) {
  group.add("-o,--output", path, "DIR", "Folder for results, or NAME.png, .svg, .pdf for one sheet");
}

void ResultOutput::declare_rules(const OptionGroup& group) {
  declare_force(group, rules.force);
  declare_clean(group, rules.clean);
}

std::string ResultOutput::one_input_only(std::size_t inputs) {
  return inputs == 1 ? "" : fmt::format("one sheet shows one input, not {}", inputs);
}

bool ResultOutput::is_sheet() const {
  return render::picture_format(path).has_value();
}

void ResultOutput::check_formats(std::string_view formats) const {
  if (formats.empty()) return;
  if (path.empty())
    throw Error(ErrorKind::usage, fmt::format("{}: --format needs a folder", command_), "add -o DIR");
  if (is_sheet())
    throw Error(ErrorKind::usage,
                fmt::format("{}: --format is for folders, and -o {} is one sheet", command_, path),
                "remove --format, or use a folder with -o");
}

void ResultOutput::check_channels(std::string_view channels, std::size_t layers) const {
  if (channels.empty()) return;
  if (!wanted())
    throw Error(ErrorKind::usage, fmt::format("{}: --channel is for pictures", command_),
                "add -o FILE.png, -o DIR or --html FILE");
  if (is_sheet() && layers != 1)
    throw Error(
        ErrorKind::usage,
        fmt::format("{}: --channel needs one layer, and {} are chosen for {}", command_, layers, path),
        "add --layers LAYER");
}

void ResultOutput::check(Console& console, bool document, std::vector<OutputName> more) const {
  more.push_back(page_name(page.file()));
  if (is_sheet()) more.push_back({"-o", path});
  check_outputs(console, more, is_sheet() ? "" : path, document);
}

void ResultOutput::open(Console& console, std::size_t inputs, std::vector<std::string> read,
                        const std::string& sheet_error) {
  rules.read = std::move(read);
  if (page.wanted()) {
    check_not_read("--html", page.file(), rules.read);
    check_named_file(page.file(), rules.force);
    page.set_force(rules.force);
  }
  if (is_sheet()) {
    if (!sheet_error.empty())
      throw Error(ErrorKind::usage, fmt::format("-o {}: {}", path, sheet_error), "use a folder with -o");
    check_not_read("-o", path, rules.read);
    check_named_file(path, rules.force);
  } else if (!path.empty()) {
    check_picture_extension(path);
    folder_.emplace(path, command_, rules, console);
    folder_->check_free(command_ + ".json");
    const std::filesystem::path page_path = page.file();
    if (page.wanted() &&
        same_file(page_path.has_parent_path() ? page_path.parent_path().string() : ".", path))
      folder_->reserve(page_path.filename().string());
    console.done.continuation = fmt::format("their files are in {}; the same command starts again", path);
  }
  console.done.of = static_cast<std::int64_t>(inputs);
  console.survive_closed_pipe = wanted();
}

void ResultOutput::finish(std::string_view document) {
  if (!folder_) return;
  folder_->write(command_ + ".json", document);
  folder_->finish();
}

}  // namespace nv
