// Reading, writing and removing files below a folder without following links.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace nv {

/// What a name refers to.
enum class EntryKind {
  none,  ///< does not exist

  file,  ///< a regular file
  folder,
  other,    ///< a link, a pipe, a device
  blocked,  ///< a folder above it is a link or a file
};

/// Names are relative to the folder, their parts separated by '/'. Each folder on the way is opened from the
/// one above with O_NOFOLLOW, so that no untrusted name leads outside. Only the folder itself may be a link,
/// since the user named it.
///
/// Files are written under a temporary name in the folder. `commit` syncs them to disk and renames them, so
/// that after a loss of power each file is the old one or the new one, and text appended after a commit only
/// mentions files that exist. `write` commits by itself after many files.
class SafeFolder {
 public:
  /// Opens the folder; with `create`, it and the folders above are created if missing. Throws Error(output)
  /// (without `create` Error(input)) if that fails or it is no folder.
  SafeFolder(std::filesystem::path folder, bool create);
  /// Commits; errors are ignored.
  ~SafeFolder();
  SafeFolder(const SafeFolder&) = delete;
  SafeFolder& operator=(const SafeFolder&) = delete;

  const std::filesystem::path& path() const { return folder_; }
  /// Whether the constructor created it.
  bool created() const { return created_; }
  /// The folder's descriptor.
  int descriptor() const { return fd_; }

  // The members below may be called from several threads at once.

  EntryKind kind(const std::string& name) const;
  /// Device and inode of a regular file; (0, 0) if there is none.
  std::pair<std::uint64_t, std::uint64_t> identity(const std::string& name) const;

  /// Returns the content of a regular file. Throws Error(input): missing, not a regular file, reached through
  /// a link, unreadable, or larger than `limit` bytes.
  std::vector<std::byte> read(const std::string& name, std::size_t limit = std::size_t{1} << 34) const;
  /// The same as text, at most 1 GB.
  std::string read_text(const std::string& name) const;

  /// Creates the folders above; keeps the mode of a replaced file. Throws Error(output).
  void write(const std::string& name, std::span<const std::byte> bytes);
  /// Renames all files written since the last commit to their names. Throws Error(output).
  void commit();
  /// Commits, then appends to a regular file, which is created if missing. Throws Error(output).
  void append(const std::string& name, std::string_view text);
  /// Removes a regular file and the folders above it that become empty. Does nothing for other kinds.
  void remove(const std::string& name);
  /// Syncs the folder's own entries to disk.
  void sync() const;

 private:
  struct PendingFile {
    std::string temporary, name;
    bool renamed = false;
  };
  [[noreturn]] void fail(const std::string& name, int error) const;
  void commit_locked();
  /// Returns an errno, 0 for success.
  int rename_pending(PendingFile& file) const;

  std::filesystem::path folder_;
  int fd_ = -1;
  bool created_ = false;
  std::mutex mutex_;
  std::vector<PendingFile> pending_;
  std::size_t pending_bytes_ = 0;
};

/// Whether a name can be used in a SafeFolder: relative, no part empty, "." or "..", none longer than 255
/// bytes, no control characters.
bool is_plain_name(std::string_view name);

}  // namespace nv
