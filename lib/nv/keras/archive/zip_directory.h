// The directory of a zip archive (PKWARE's APPNOTE 6.3.9, with ZIP64): the one place that says what is where.
#pragma once

#include <string>
#include <vector>

#include "nv/core/file.h"

namespace nv {

struct ArchiveEntry {
  std::string name;
  std::string local_name;  ///< in front of the data, where it should be the same
  int method = 0;          ///< 0 stored, 8 deflated
  bool encrypted = false;
  std::uint32_t checksum = 0;  ///< CRC-32 of the bytes unpacked
  std::uint64_t size = 0;      ///< unpacked
  Extent data;                 ///< where in the file, packed
};

/// All entries in the order of the directory at the end of the file. No local header is found by looking for
/// it: what stands between entries, or inside of them, is nothing to the archive. Names are taken as they
/// are, whether or not they are unique. Throws Error(input) with the file in front where the archive is not
/// whole, has two directories, or an entry's headers or data lie outside of it.
std::vector<ArchiveEntry> read_zip_directory(const FileReader& file);

}  // namespace nv
