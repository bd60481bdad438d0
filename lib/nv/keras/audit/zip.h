// Reads the directory of a zip archive (PKWARE's APPNOTE 4.3 and 4.4) as far as it can be read, with its
// contradictions: archive/zip_directory.h refuses what this describes.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "nv/keras/audit/parts.h"

namespace nv {

inline constexpr std::size_t local_header_size = 30;

/// An entry by its line in the directory.
struct ZipEntry {
  std::string name;
  std::uint64_t flags = 0, method = 0, checksum = 0, packed = 0, size = 0, mode = 0;
  std::uint64_t header = 0;  ///< offset of the local header
  std::uint64_t data = 0;    ///< offset of the bytes once that is known; 0 if it is not in the file

  bool encrypted() const { return (flags & 1U) != 0; }
};

struct ZipListing {
  std::vector<ZipEntry> entries;
  std::uint64_t before = 0;  ///< bytes before the one that offsets are counted from
  std::uint64_t begin = 0;   ///< offset of the directory
  std::uint64_t after = 0;   ///< bytes after the archive
  bool whole = true;         ///< whether it has as many entries as it claims
};

/// nullopt if there is no directory.
std::optional<ZipListing> list_zip(const AuditPart& zip);

/// Replaces the sizes and the offset that do not fit into a header by those of its ZIP64 extra field.
void read_zip64(std::span<const std::byte> extra, ZipEntry& entry);

}  // namespace nv
