// Zip archives of entries that are not compressed.
#pragma once

#include <span>
#include <string>

#include "nv/core/file.h"

namespace nv {

struct ZipItem {
  std::string name;  ///< UTF-8; unique in the archive
  std::span<const std::byte> bytes;
};

struct ZipOptions {
  std::string comment;          ///< of the archive; at most 65535 bytes
  unsigned permissions = 0666;  ///< of each entry as a file, in Unix's bits
};

/// An archive of the items in their order, stored and dated 1980-01-01: the same items give the same bytes.
/// Throws Error(output).
Bytes encode_zip(std::span<const ZipItem> items, const ZipOptions& options = {});

}  // namespace nv
