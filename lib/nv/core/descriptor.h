// Open files, and the way down to one without following a link.
#pragma once

#include <string>
#include <utility>

namespace nv {

/// An open file, closed at the end; the three standard streams stay open.
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
  /// Whose it is from now on.
  int release() { return std::exchange(fd_, -1); }

 private:
  int fd_;
};

/// The folder that holds what a name means, open for stepping down alone, and the name's last part. Where the
/// folder cannot be reached `folder` is not open, and errno says why: ENOTDIR at a link.
struct Place {
  Descriptor folder;
  std::string last;
};

/// Steps down from the open folder `from` along the parts of `name`, each folder opened from the one above
/// with O_NOFOLLOW. With `make`, folders that are not there are made.
Place descend(int from, const std::string& name, bool make);

}  // namespace nv
