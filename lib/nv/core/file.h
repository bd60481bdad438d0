// Files: read whole, written whole.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace nv {

using Bytes = std::vector<std::byte>;

/// Everything in the file; "-" is standard input. Throws Error(input): missing, a directory, unreadable, or
/// larger than `limit` bytes or than the limit of memory.
Bytes read_file(const std::string& path, std::size_t limit = std::size_t{1} << 34);
std::string read_text(const std::string& path);

/// The first bytes of a file, as many as there are up to `count`; the same errors.
Bytes read_head(const std::string& path, std::size_t count);

/// A part of a file.
struct Extent {
  std::uint64_t offset = 0, size = 0;
};

/// A file that stays open and is read here and there, from any thread.
class FileReader {
 public:
  /// A pipe is read to its end first, into memory; where nobody writes to it, it is empty. Throws
  /// Error(input): missing, neither a file nor a pipe, unreadable, a pipe that gives more than
  /// memory_limit(); Interrupted.
  explicit FileReader(const std::string& path);
  /// Of a file that is open for reading; closes it. The same error where it is no regular file.
  FileReader(int fd, std::string path);
  ~FileReader();
  FileReader(const FileReader&) = delete;
  FileReader& operator=(const FileReader&) = delete;

  /// As it was given.
  const std::string& path() const { return path_; }
  /// Whether it was a pipe, which its name does not give again.
  bool spooled() const { return spooled_; }
  std::uint64_t size() const { return size_; }
  /// For libraries that take one; it stays this object's.
  int descriptor() const { return fd_; }
  /// Fills `into` with the bytes from `offset` on. Throws Error(input) where the file ends before.
  void read(std::uint64_t offset, std::span<std::byte> into) const;

 private:
  /// The size of a regular file; throws for others.
  void measure();

  std::string path_;
  bool spooled_ = false;
  int fd_;
  std::uint64_t size_ = 0;
};

/// Everything in an open file. Throws Error(input) for more than `limit` bytes or memory_limit().
Bytes read_whole(const FileReader& file, std::size_t limit);

/// Writes beside the target, waits for the disk and renames into place, so that an interrupted run and a loss
/// of power leave the old file or the new one, never half of one. A link is followed, as cp does: what it
/// points to is replaced. The mode of a file that is replaced stays. Makes the directories above. "-",
/// /dev/stdout and pipes are written to. Throws Error(output).
void write_file(const std::filesystem::path& path, std::span<const std::byte> bytes);
void write_file(const std::filesystem::path& path, std::string_view text);

/// Whether a relative name stays inside the folder that it is relative to; "" does not.
bool stays_inside(const std::string& name);

/// Whether two names mean one file that is there.
bool same_file(const std::filesystem::path& a, const std::filesystem::path& b);

/// FNV-1a, 64 bits: tells inputs apart, no defence against anyone.
std::uint64_t hash_bytes(std::span<const std::byte> bytes);

}  // namespace nv
