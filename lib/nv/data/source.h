// A file that inputs come from, opened by its content.
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

/// An array of numbers, whose meaning depends on the model: .npy, or IDX of other things than pictures.
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

/// .npz; arrays stay unpacked once they were asked for, and one that cannot be read is not tried again.
class ArchiveSource {
 public:
  explicit ArchiveSource(NpzReader reader) : reader_(std::move(reader)) {}
  const NpzReader& reader() const { return reader_; }
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

/// Recognises and reads the content of a file, gzipped or not. Numbers of arrays stay in a file where they
/// can. Throws Error(input), beginning with the file.
Source open_source(Bytes bytes, const std::string& file);
Source open_source(std::shared_ptr<const FileReader> file);

/// Pictures in a file of pictures; 1 for an image. Arrays and archives do not know (nullopt).
std::optional<std::int64_t> picture_count(const Source& source);
/// Picture `i`, of a source that has a `picture_count`.
Picture picture(const Source& source, std::int64_t i);

/// What a file's first bytes say, enough to count its items.
struct Outline {
  std::optional<std::int64_t> pictures;  ///< or an array:
  Shape shape;
  ScalarType type = ScalarType::uint8;
};

/// Files open for reading items, those used last. What is wrong with one is found once and thrown again. Any
/// thread may call it.
class SourceCache {
 public:
  /// Keeps `capacity` files open; refuses those larger than `file_limit` bytes.
  SourceCache(std::size_t capacity, std::size_t file_limit) : capacity_(capacity), file_limit_(file_limit) {}

  /// Standard input ("-") and pipes that the user named are read once and kept. Throws Error(input).
  std::shared_ptr<const Source> open(const FileName& name);
  /// From the header alone where that suffices; nullopt for archives. Throws Error(input).
  std::optional<Outline> outline(const FileName& name);

 private:
  using SourcePointer = std::shared_ptr<const Source>;
  /// With the lock held: as `open`.
  SourcePointer open_locked(const FileName& name);
  SourcePointer read(const FileName& name) const;
  /// With the lock held; nullptr where it is not open.
  SourcePointer find_open(const std::string& key);

  std::size_t capacity_;
  std::size_t file_limit_;
  std::mutex mutex_;
  std::list<std::pair<std::string, SourcePointer>> open_;  // the one used last in front
  std::map<std::string, SourcePointer> streams_;
  std::map<std::string, Error> failures_;
};

}  // namespace nv
