// Files that inputs come from, recognised by their content.
#pragma once

#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "nv/core/error.h"
#include "nv/core/regular_file.h"
#include "nv/data/cifar.h"
#include "nv/data/image.h"
#include "nv/data/npz.h"
#include "nv/data/stored_array.h"

namespace nv {

/// One image.
struct ImageSource {
  Bytes bytes;
  std::string file;
};

/// An array whose meaning depends on the model: .npy, or IDX without pictures.
struct ArraySource {
  StoredArray array;
};

/// IDX pictures: (items, height, width) or (items, height, width, channels) of uint8.
struct IdxSource {
  StoredArray array;
};

struct CifarSource {
  std::shared_ptr<const Bytes> bytes;
  CifarRecords records;
};

/// .npz; arrays stay in memory once they are unpacked, and errors are kept.
class ArchiveSource {
 public:
  explicit ArchiveSource(NpzReader reader) : reader_(std::move(reader)) {}
  const NpzReader& reader() const { return reader_; }
  /// Throws Error(input); also if all unpacked arrays together exceed memory_limit().
  std::shared_ptr<const StoredArray> array(const std::string& name) const;

 private:
  struct Unpacked {
    std::mutex mutex;
    std::map<std::string, std::shared_ptr<const StoredArray>> arrays;
    std::map<std::string, Error> failures;
    std::uint64_t bytes = 0;
  };
  NpzReader reader_;
  std::shared_ptr<Unpacked> unpacked_ = std::make_shared<Unpacked>();
};

using Source = std::variant<ImageSource, ArraySource, IdxSource, CifarSource, ArchiveSource>;

/// Recognises the content of a file, gzipped or not, and opens it. Numbers of arrays are left in the file if
/// possible. Throws Error(input), beginning with the file.
Source open_source(Bytes bytes, const std::string& file);
Source open_source(std::shared_ptr<const FileReader> file);

/// Number of pictures; nullopt for arrays and archives.
std::optional<std::int64_t> picture_count(const Source& source);
/// Picture `i` of a source that has a picture_count.
Picture picture(const Source& source, std::int64_t i);

/// What is needed to count the items of a file.
struct Outline {
  std::optional<std::int64_t> pictures;  ///< nullopt for an array of this shape and type:
  Shape shape;
  ScalarType type = ScalarType::uint8;
};

/// The most recently used files, open for reading items. Errors are kept and thrown again. May be used by
/// several threads at once.
class SourceCache {
 public:
  /// Keeps `capacity` files open. Files larger than `file_limit` bytes are errors.
  SourceCache(std::size_t capacity, std::size_t file_limit) : capacity_(capacity), file_limit_(file_limit) {}

  /// Opens a file, or returns it if it is open. Standard input ("-") and pipes that the user named are read
  /// once and kept. Throws Error(input).
  std::shared_ptr<const Source> open(const FileName& name);
  /// The outline of a file; nullopt for archives. Throws Error(input).
  std::optional<Outline> outline(const FileName& name);

 private:
  using SourcePointer = std::shared_ptr<const Source>;
  using File = std::shared_ptr<const FileReader>;
  /// As open, for a file that is no picture. `file`: the open file; null for a stream. The lock must be held.
  SourcePointer open_locked(const FileName& name, File file);
  SourcePointer read(const FileName& name, File file) const;
  /// Returns null if the file is not open. The lock must be held.
  SourcePointer find_open(const std::string& key);

  std::size_t capacity_;
  std::size_t file_limit_;
  std::mutex mutex_;
  std::list<std::pair<std::string, SourcePointer>> open_;  // most recently used first
  std::map<std::string, SourcePointer> streams_;
  std::map<std::string, Error> failures_;
};

}  // namespace nv
