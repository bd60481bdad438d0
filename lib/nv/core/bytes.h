// Bytes of files: as text, as numbers, and which kind of file begins with them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "nv/core/file.h"

namespace nv {

/// The bytes as characters; not a copy.
std::string_view as_text(std::span<const std::byte> bytes);
/// The characters as bytes; a copy.
Bytes to_bytes(std::string_view text);

/// Whether the bytes begin with the characters of `prefix`.
bool starts_with(std::span<const std::byte> bytes, std::string_view prefix);

/// The unsigned number of `size` bytes (at most 8) at `offset`, least significant byte first. All of them
/// must be in `bytes`.
std::uint64_t little_endian(std::span<const std::byte> bytes, std::size_t offset, std::size_t size);

/// Whether a file that begins with `head` is a zip archive, by the header of its first entry or, if it has
/// none, of its directory.
bool is_zip(std::span<const std::byte> head);

/// What HDF5 files begin with (the format's specification, II.A), after a user block of 0, 512, 1024, 2048...
/// bytes.
inline constexpr std::string_view hdf5_signature{"\x89HDF\r\n\x1a\n", 8};
/// Offset of the HDF5 signature in a file or a part of one, from its beginning; nullopt if there is none.
std::optional<std::uint64_t> find_hdf5(std::span<const std::byte> bytes);
std::optional<std::uint64_t> find_hdf5(const FileReader& file, const Extent& part);
/// Whether there is an HDF5 signature in the file.
bool is_hdf5(const FileReader& file);

/// Upper-case letters of ASCII made lower-case; all other bytes stay.
std::string ascii_lower(std::string_view text);

}  // namespace nv
