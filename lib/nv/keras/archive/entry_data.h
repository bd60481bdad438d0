// Reads the data of an archive's entry in pieces: checksum and decompression.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "nv/core/file.h"

namespace nv {

/// CRC-32 of bytes or of a part of a file, as in zip archives.
std::uint32_t checksum_of(std::span<const std::byte> bytes);
std::uint32_t checksum_of(const FileReader& file, const Extent& part);

enum class Inflated {
  whole,
  trailing,  ///< `into` is filled, but bytes follow the end of the compressed data
  damaged,   ///< the data are broken, or do not decompress to the size of `into`
};

/// Decompresses raw deflate data (RFC 1951) into `into`, and not beyond it. Throws Error(input) if the file
/// cannot be read; Interrupted.
Inflated inflate_part(const FileReader& file, const Extent& part, std::span<std::byte> into);

}  // namespace nv
