// The zip container of .keras files.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "nv/core/file.h"
#include "nv/keras/archive/zip_directory.h"

namespace nv {

class Archive {
 public:
  /// Throws Error(input) if the file is not a whole zip archive, or not one that all programs read alike: two
  /// entries have one name, or an entry's own header has another name than the directory.
  explicit Archive(std::shared_ptr<FileReader> file);
  Archive(const Archive&) = delete;
  Archive& operator=(const Archive&) = delete;

  bool contains(const std::string& entry) const { return by_name_.contains(entry); }
  /// The folder of the entry `name`: "" at the top of the archive, "model/" (with either slash) if a folder
  /// was packed as a whole; nullopt if there is no such entry, or several.
  std::optional<std::string> folder_of(const std::string& name) const;
  const std::vector<ArchiveEntry>& entries() const { return entries_; }
  /// The entry's bytes, stored or deflated. Throws Error(input): missing, damaged (checksum), encrypted, or
  /// larger than its data can be or memory allows.
  Bytes read(const std::string& entry) const;
  /// The part of the archive's file that holds the entry's bytes uncompressed; nullopt if they are
  /// compressed, encrypted, or missing. They are not compared with the checksum: see check().
  std::optional<Extent> stored_at(const std::string& entry) const;
  /// Compares a stored entry with its checksum, in pieces. Throws Error(input) if they differ.
  void check(const std::string& entry) const;

 private:
  const ArchiveEntry& entry(const std::string& name) const;

  std::shared_ptr<FileReader> file_;
  std::vector<ArchiveEntry> entries_;
  std::map<std::string_view, const ArchiveEntry*> by_name_;
};

/// Version of libzip, which reads and writes other archives, at run time: "1.7.3".
std::string libzip_version();

}  // namespace nv
