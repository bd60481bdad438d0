// Files whose names were chosen by a file, not by the user: what may be opened under them.
#pragma once

#include <memory>
#include <string>

#include "nv/core/file.h"

namespace nv {

/// A file's name, and who chose it.
struct FileName {
  enum class Reach {
    any,      ///< the user: whatever can be read, "-" and pipes too
    regular,  ///< a file: a regular file anywhere, links followed
    inside,   ///< a file beside it: a regular file below `folder`, without a link or ".." on the way
  };
  std::string path;  ///< with the folder, as messages name it
  Reach reach = Reach::any;
  std::string folder = {};  ///< for `inside`: what `path` begins with
};

/// The name of a file below `folder`, chosen by a file in it. Throws Error(input) where it is absolute, or
/// has "..".
FileName inside(const std::string& folder, const std::string& name);

/// Opens a regular file: at once, a pipe does not hang and a device is not read. Throws Error(input):
/// missing, no regular file, or a name that leads out of its folder.
std::unique_ptr<FileReader> open_regular(const FileName& name);

/// Everything in a regular file; the same errors, and for more than `limit` bytes.
Bytes read_regular(const FileName& name, std::size_t limit = std::size_t{1} << 34);

}  // namespace nv
