// Opening files whose names come from another, untrusted file.
#pragma once

#include <memory>
#include <string>

#include "nv/core/file.h"

namespace nv {

/// A file's name, and what may be opened under it.
struct FileName {
  enum class Reach {
    any,      ///< named by the user: anything that can be read, "-" and pipes too
    regular,  ///< named by a file: a regular file anywhere; links are followed
    inside,   ///< named by a file beside it: a regular file below `folder`, without a link or ".." on the way
  };
  std::string path;  ///< with the folder, as in messages
  Reach reach = Reach::any;
  std::string folder = {};  ///< for `inside`: the beginning of `path`
};

/// The name of a file below `folder` that a file in `folder` names. Throws Error(input) if it is absolute or
/// has "..".
FileName inside(const std::string& folder, const std::string& name);

/// Opens a regular file. Does not wait for a pipe and does not read a device. Throws Error(input): missing,
/// not a regular file, or a name that leads out of its folder.
std::unique_ptr<FileReader> open_regular(const FileName& name);

/// Returns the content of a regular file. Throws as open_regular, and for more than `limit` bytes.
Bytes read_regular(const FileName& name, std::size_t limit = std::size_t{1} << 34);

}  // namespace nv
