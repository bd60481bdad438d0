#include "shared/named_file.h"

#include <algorithm>
#include <array>
#include <filesystem>

#include "nv/core/bytes.h"
#include "nv/core/error.h"
#include "nv/core/mark.h"
#include "nv/core/text.h"
#include "shared/stage.h"

namespace nv {

namespace fs = std::filesystem;

void declare_force(const OptionGroup& group, bool& force) {
  group.add_flag("--force", force, "Replace files that nv did not write");
}

void declare_clean(const OptionGroup& group, bool& clean) {
  group.add_flag("--clean", clean, "First remove files of earlier runs from DIR");
}

bool is_made_by_nv(const std::string& file) {
  try {
    FileReader reader(file);
    const std::uint64_t size = reader.size();
    const auto part = [&](std::uint64_t from, std::uint64_t count) {
      Bytes bytes(static_cast<std::size_t>(std::min(count, size - from)));
      reader.read(from, bytes);
      return std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    };
    constexpr std::uint64_t head = std::uint64_t{1} << 16, tail = std::uint64_t{1} << 12;
    return has_mark(part(0, head), part(size - std::min(size, tail), tail));
  } catch (const Error&) {
    return false;
  }
}

void check_named_file(const std::string& file, bool force) {
  std::error_code ec;
  const fs::file_status there = fs::symlink_status(file, ec);
  if (file == "-" || !fs::exists(there) || force) return;
  const fs::file_status behind = fs::status(file, ec);
  if (fs::exists(behind) && !fs::is_regular_file(behind)) return;
  if (file.starts_with("/dev/std") || file.starts_with("/dev/fd/") || file.starts_with("/proc/self/fd/"))
    return;
  if (!is_made_by_nv(file))
    throw Error(ErrorKind::output, fmt::format("{}: exists, and nv did not write it", file),
                "choose another name, or replace it with --force");
}

void write_named_file(const std::string& file, std::span<const std::byte> bytes, bool force) {
  const Stage stage("writing files");
  check_named_file(file, force);
  write_file(file, bytes);
}

void write_named_file(const std::string& file, std::string_view text, bool force) {
  write_named_file(file, std::as_bytes(std::span(text)), force);
}

namespace {

bool has_foreign_extension(const std::string& name) {
  const std::string lower = ascii_lower(name);
  return std::ranges::any_of(std::array{".jpg", ".jpeg", ".gif", ".bmp", ".webp", ".tif", ".tiff", ".eps"},
                             [&lower](const char* extension) { return lower.ends_with(extension); });
}

}  // namespace

void check_extension(const std::string& name, render::PictureFormat format) {
  const auto named = render::picture_format(name);
  if ((named && *named != format) || has_foreign_extension(name))
    throw_usage("expected a name that ends in .{}, got '{}'", render::extension(format), name);
}

void check_picture_extension(const std::string& output) {
  if (has_foreign_extension(output))
    throw Error(ErrorKind::usage, fmt::format("-o {}: a single sheet is written as PNG, SVG or PDF", output),
                "-o NAME.png");
}

void check_is_folder(std::string_view command, const std::string& output, const std::string& hint) {
  check_picture_extension(output);
  if (render::picture_format(output))
    throw Error(ErrorKind::usage, fmt::format("-o {}: {} writes a folder, not one picture", output, command),
                hint);
}

}  // namespace nv
