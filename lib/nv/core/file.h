// Reading and writing files.
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

/// Returns the content of a file; "-" is standard input. Throws Error(input): missing, a directory,
/// unreadable, or larger than `limit` bytes or memory_limit().
Bytes read_file(const std::string& path, std::size_t limit = std::size_t{1} << 34);
/// The same as text, at most 256 MB.
std::string read_text(const std::string& path);

/// Returns the first `count` bytes of a file, or all if there are fewer. Throws as read_file.
Bytes read_head(const std::string& path, std::size_t count);

/// A part of a file, in bytes.
struct Extent {
  std::uint64_t offset = 0, size = 0;
};

/// An open file with random access. All members may be called from several threads at once.
class FileReader {
 public:
  /// Opens a regular file. A pipe is read into memory, to its end; a pipe without a writer is empty. Throws
  /// Error(input): missing, neither a file nor a pipe, unreadable, a pipe with more than memory_limit()
  /// bytes. Throws Interrupted while it reads a pipe.
  explicit FileReader(const std::string& path);
  /// Takes over a descriptor that is open for reading. Throws Error(input) if it is no regular file.
  FileReader(int fd, std::string path);
  ~FileReader();
  FileReader(const FileReader&) = delete;
  FileReader& operator=(const FileReader&) = delete;

  /// The path as given to the constructor.
  const std::string& path() const { return path_; }
  /// Whether it was a pipe: opening its path again does not return the same bytes.
  bool spooled() const { return spooled_; }
  std::uint64_t size() const { return size_; }
  /// The descriptor, for libraries that need one; this object still owns it.
  int descriptor() const { return fd_; }
  /// Fills `into` with the bytes from `offset` on. Throws Error(input) if the file ends before that.
  void read(std::uint64_t offset, std::span<std::byte> into) const;

 private:
  /// Sets the size; throws if it is no regular file.
  void measure();

  std::string path_;
  bool spooled_ = false;
  int fd_;
  std::uint64_t size_ = 0;
};

/// Returns the content of an open file. Throws Error(input) for more than `limit` bytes or memory_limit().
Bytes read_whole(const FileReader& file, std::size_t limit);

/// Writes a temporary file beside the target, syncs it to disk and renames it, so that an interruption or a
/// loss of power leaves either the old file or the new one. Follows links, as cp does, and keeps the mode of
/// a replaced file. Creates the folders above. "-", /dev/stdout and pipes are written to directly. Also
/// removes temporary files that killed processes have left beside the target. Throws Error(output),
/// Interrupted.
void write_file(const std::filesystem::path& path, std::span<const std::byte> bytes);
void write_file(const std::filesystem::path& path, std::string_view text);

/// Whether a name is relative, not empty and without "..", so that it stays inside the folder that it is
/// relative to.
bool stays_inside(const std::string& name);

/// Whether two paths name the same existing file.
bool same_file(const std::filesystem::path& a, const std::filesystem::path& b);

/// FNV-1a, 64 bits. Not cryptographic.
std::uint64_t hash_bytes(std::span<const std::byte> bytes);

}  // namespace nv
