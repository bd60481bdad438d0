// Files: read whole, written whole.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace nv {

using Bytes = std::vector<std::byte>;

/// Everything in the file; "-" is standard input. Throws Error(input): missing, a directory, unreadable, or
/// larger than `limit` bytes.
Bytes read_file(const std::string& path, std::size_t limit = std::size_t{1} << 34);
std::string read_text(const std::string& path);

/// The first bytes of a file, as many as there are up to `count`; the same errors.
Bytes read_head(const std::string& path, std::size_t count);

/// Writes beside the target and renames into place, so that an interrupted run leaves the old file or the new
/// one, never half of one. Creates the directories above. Throws Error(output).
void write_file(const std::filesystem::path& path, std::span<const std::byte> bytes);
void write_file(const std::filesystem::path& path, std::string_view text);

/// FNV-1a, 64 bits: tells inputs apart, no defence against anyone.
std::uint64_t hash_bytes(std::span<const std::byte> bytes);

}  // namespace nv
