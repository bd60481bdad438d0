#include "nv/core/regular_file.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <system_error>

#include "nv/core/descriptor.h"
#include "nv/core/error.h"
#include "nv/core/text.h"

namespace nv {

namespace {

// Opening a pipe without a writer would block, and a terminal could become the controlling one.
constexpr int read_flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;

[[noreturn]] void refuse(const FileName& name, int error) {
  if (error == ENOENT) throw_input("{}: no such file", name.path);
  if (name.reach == FileName::Reach::inside && (error == ELOOP || error == ENOTDIR))
    throw_input("{}: is a link, or reached through one; only files in the folder itself are read", name.path);
  throw_input("{}: cannot be opened: {}", name.path, std::system_category().message(error));
}

int open_inside(const FileName& name) {
  const Descriptor folder(
      ::open(name.folder.empty() ? "." : name.folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!folder) return -1;
  const EntryLocation at = locate(folder.get(), name.path.substr(name.folder.size()), false);
  return at.folder ? ::openat(at.folder.get(), at.last.c_str(), read_flags | O_NOFOLLOW) : -1;
}

}  // namespace

FileName inside(const std::string& folder, const std::string& name) {
  if (!stays_inside(name))
    throw_input("{}: '{}' names no file in the folder", folder.empty() ? "." : folder, one_line(name));
  return {(std::filesystem::path(folder) / name).string(), FileName::Reach::inside, folder};
}

std::unique_ptr<FileReader> open_regular(const FileName& name) {
  struct stat info {};
  // Opening a device can have effects, so its kind is checked before; FileReader checks what was opened.
  if (name.reach != FileName::Reach::inside && ::stat(name.path.c_str(), &info) == 0 &&
      !S_ISREG(info.st_mode))
    throw_input("{}: is {}", name.path, S_ISDIR(info.st_mode) ? "a directory" : "no regular file");
  const int fd =
      name.reach == FileName::Reach::inside ? open_inside(name) : ::open(name.path.c_str(), read_flags);
  if (fd < 0) refuse(name, errno);
  return std::make_unique<FileReader>(fd, name.path);
}

Bytes read_regular(const FileName& name, std::size_t limit) {
  return read_whole(*open_regular(name), limit);
}

}  // namespace nv
