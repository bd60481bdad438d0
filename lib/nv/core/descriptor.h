// File descriptors, and opening a folder without following links.
#pragma once

#include <string>
#include <utility>

namespace nv {

/// Owns a file descriptor and closes it; the three standard streams are not closed.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor();
  Descriptor(Descriptor&& other) noexcept : fd_(other.release()) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }
  /// The descriptor, which the caller then owns.
  int release() { return std::exchange(fd_, -1); }

 private:
  int fd_;
};

/// The folder that contains a named file, opened with O_PATH, and the last part of the name. If the folder
/// cannot be opened, `folder` is not open and errno is set: ENOTDIR if a link is on the way.
struct EntryLocation {
  Descriptor folder;
  std::string last;
};

/// Finds `name`, relative to the open folder `from`: opens each folder on the way from the one above with
/// O_NOFOLLOW. Creates missing folders if `create` is set.
EntryLocation locate(int from, const std::string& name, bool create);

}  // namespace nv
