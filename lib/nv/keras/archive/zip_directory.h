// The directory of a zip archive (PKWARE's APPNOTE 6.3.9, with ZIP64), which locates entries.
#pragma once

#include <string>
#include <vector>

#include "nv/core/file.h"

namespace nv {

struct ArchiveEntry {
  std::string name;
  std::string local_name;  ///< in the header before the data, where it should be the same
  int method = 0;          ///< 0 stored, 8 deflated
  bool encrypted = false;
  std::uint32_t checksum = 0;  ///< CRC-32 of the decompressed bytes
  std::uint64_t size = 0;      ///< decompressed
  Extent data;                 ///< the part of the file that holds the bytes as they are stored
};

/// All entries in the order of the directory at the end of the file; what is between entries is not part of
/// the archive. Names need not be unique. Throws Error(input) that begins with the file if the archive is not
/// whole, has two directories, or an entry's headers or data are outside of it.
std::vector<ArchiveEntry> read_zip_directory(const FileReader& file);

}  // namespace nv
