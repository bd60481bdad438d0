// The zip container of .keras files, through libzip.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "nv/core/file.h"

namespace nv {

class Archive {
 public:
  /// Throws Error(input) where the file is not a whole zip archive.
  explicit Archive(const std::string& file);
  ~Archive();
  Archive(const Archive&) = delete;
  Archive& operator=(const Archive&) = delete;

  bool contains(const std::string& entry) const;
  /// Where `name` is in the archive: "" at its top, else the beginning of its entry's name ("model/") as
  /// packing a whole folder makes it, with either slash; nullopt where there is none, or several.
  std::optional<std::string> folder_of(const std::string& name) const;
  std::vector<std::string> entries() const;
  /// The entry's bytes, stored or deflated. Throws Error(input): missing, damaged (CRC), or larger than is
  /// sane.
  Bytes read(const std::string& entry) const;
  /// Where in the archive's file the entry's bytes stand as they are; nullopt where they are compressed, or
  /// not found. Nothing is compared with the checksum.
  std::optional<Extent> stored_at(const std::string& entry) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Of the library at run time: "1.7.3".
std::string libzip_version();

}  // namespace nv
