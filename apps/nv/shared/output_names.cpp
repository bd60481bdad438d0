#include "shared/output_names.h"

#include <algorithm>
#include <filesystem>

#include "nv/core/bytes.h"
#include "nv/core/error.h"
#include "nv/core/file.h"
#include "nv/core/text.h"

namespace nv {

namespace fs = std::filesystem;

namespace {

/// The path with links resolved as far as it exists.
fs::path resolved(const std::string& name) {
  std::error_code ec;
  fs::path path = fs::weakly_canonical(fs::absolute(name, ec), ec);
  return path.has_filename() ? path : path.parent_path();  // "out/" is "out"
}

bool is_inside(const fs::path& file, const fs::path& folder) {
  const auto [in_folder, in_file] = std::ranges::mismatch(folder, file);
  return in_folder == folder.end() && in_file != file.end();
}

bool same_output(const std::string& a, const std::string& b) {
  if (is_standard_output(a) || is_standard_output(b)) return is_standard_output(a) && is_standard_output(b);
  return same_file(a, b) || resolved(a) == resolved(b);
}

void check_beside_folder(const OutputName& file, const std::string& folder) {
  const fs::path of_file = resolved(file.name), of_folder = resolved(folder);
  if (of_file == of_folder) throw_usage("{}: is given for two outputs, {} and -o", file.name, file.option);
  if (is_inside(of_folder, of_file))
    throw_usage("{} {}: is a folder above that of -o, {}", file.option, file.name, folder);
  if (!is_inside(of_file, of_folder)) return;
  const std::string lower = ascii_lower(of_file.filename().string());
  if (std::ranges::any_of(file.extensions, [&](std::string_view e) { return lower.ends_with(e); })) return;
  throw Error(ErrorKind::usage,
              fmt::format("{} {}: may be one of the results in the folder of -o", file.option, file.name),
              fmt::format("choose a name outside of {}, or one that ends in {}", folder,
                          fmt::join(file.extensions, " or ")));
}

}  // namespace

OutputName page_name(const std::string& file) {
  return {"--html", file, {".html", ".htm"}};
}

bool is_standard_output(const std::string& name) {
  return std::ranges::any_of(
      std::initializer_list<const char*>{"-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"},
      [&](const char* known) { return name == known; });
}

void check_outputs(Console& console, std::span<const OutputName> files, const std::string& folder,
                   bool document) {
  for (auto a = files.begin(); a != files.end(); ++a) {
    if (a->name.empty()) continue;
    for (auto b = files.begin(); b != a; ++b)
      if (!b->name.empty() && same_output(b->name, a->name))
        throw_usage("{}: is given for two outputs, {} and {}", a->name, b->option, a->option);
    if (is_standard_output(a->name)) {
      if (document)
        throw Error(ErrorKind::usage,
                    fmt::format("{} {}: standard output gets another document already", a->option, a->name),
                    "write one of them into a file");
      console.stdout_taken = true;
    } else if (!folder.empty()) {
      check_beside_folder(*a, folder);
    }
  }
}

}  // namespace nv
