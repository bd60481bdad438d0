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
  /// Throws Error(input) where the file is not a whole zip archive, or not one that every program reads
  /// alike: two entries of one name, or another name in an entry's own header than in the directory.
  explicit Archive(std::shared_ptr<FileReader> file);
  Archive(const Archive&) = delete;
  Archive& operator=(const Archive&) = delete;

  bool contains(const std::string& entry) const { return by_name_.contains(entry); }
  /// Where `name` is in the archive: "" at its top, else the beginning of its entry's name ("model/") as
  /// packing a whole folder makes it, with either slash; nullopt where there is none, or several.
  std::optional<std::string> folder_of(const std::string& name) const;
  const std::vector<ArchiveEntry>& entries() const { return entries_; }
  /// The entry's bytes, stored or deflated. Throws Error(input): missing, damaged (CRC), encrypted, or larger
  /// than is sane.
  Bytes read(const std::string& entry) const;
  /// Where in the archive's file the entry's bytes stand as they are; nullopt where they are compressed,
  /// encrypted, or not there. They are not compared with the checksum: see check().
  std::optional<Extent> stored_at(const std::string& entry) const;
  /// Reads a stored entry once, in pieces. Throws Error(input) where it has another checksum.
  void check(const std::string& entry) const;

 private:
  const ArchiveEntry& entry(const std::string& name) const;

  std::shared_ptr<FileReader> file_;
  std::vector<ArchiveEntry> entries_;
  std::map<std::string_view, const ArchiveEntry*> by_name_;
};

/// CRC-32 of a part of a file, as zip archives give it.
std::uint32_t checksum_of(const FileReader& file, const Extent& part);

/// Of the library that reads and writes other archives, at run time: "1.7.3".
std::string libzip_version();

}  // namespace nv
