#include "nv/core/descriptor.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <vector>

#include "nv/core/text.h"

namespace nv {

Descriptor::~Descriptor() {
  if (fd_ > STDERR_FILENO) ::close(fd_);
}

EntryLocation locate(int from, const std::string& name, bool create) {
  constexpr int flags = O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
  std::vector<std::string> parts = split(name, '/');
  std::erase(parts, "");
  if (parts.empty()) parts.emplace_back(".");
  EntryLocation location{Descriptor(::openat(from, ".", flags)), parts.back()};
  parts.pop_back();
  for (const std::string& part : parts) {
    if (!location.folder) break;
    int next = ::openat(location.folder.get(), part.c_str(), flags);
    if (next < 0 && errno == ENOENT && create &&
        (::mkdirat(location.folder.get(), part.c_str(), 0777) == 0 || errno == EEXIST))
      next = ::openat(location.folder.get(), part.c_str(), flags);
    const int error = errno;
    location.folder = Descriptor(next);
    errno = error;
  }
  return location;
}

}  // namespace nv
