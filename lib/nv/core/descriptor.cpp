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

Place descend(int from, const std::string& name, bool make) {
  constexpr int flags = O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
  std::vector<std::string> parts = split(name, '/');
  std::erase(parts, "");
  if (parts.empty()) parts.emplace_back(".");
  Place place{Descriptor(::openat(from, ".", flags)), parts.back()};
  parts.pop_back();
  for (const std::string& part : parts) {
    if (!place.folder) break;
    int next = ::openat(place.folder.get(), part.c_str(), flags);
    if (next < 0 && errno == ENOENT && make &&
        (::mkdirat(place.folder.get(), part.c_str(), 0777) == 0 || errno == EEXIST))
      next = ::openat(place.folder.get(), part.c_str(), flags);
    const int error = errno;
    place.folder = Descriptor(next);
    errno = error;
  }
  return place;
}

}  // namespace nv
