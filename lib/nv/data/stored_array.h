// An array in memory or in a file.
#pragma once

#include <memory>

#include "nv/data/npy.h"

namespace nv {

/// An array in memory, or in a file that stays open and is read on demand. May be used by several threads at
/// once.
class StoredArray {
 public:
  explicit StoredArray(NpyArray array);
  /// Numbers in C order from `offset` on. Throws Error(input) if the file is too short.
  StoredArray(std::shared_ptr<const FileReader> file, const Shape& shape, ScalarType type, bool big_endian,
              std::uint64_t offset);

  const Shape& shape() const { return shape_; }
  ScalarType type() const { return type_; }
  bool is_picture() const { return type_ == ScalarType::uint8; }

  /// The elements from index `first` on (C order) as a tensor of shape `part`. Throws Error(input) if the
  /// file has changed or the tensor exceeds memory_limit().
  Tensor as_float(std::int64_t first, const Shape& part) const;
  /// Reads elements of one byte each, from index `first` on.
  void read_bytes(std::int64_t first, std::span<std::byte> into) const;

 private:
  Shape shape_;
  ScalarType type_;
  std::shared_ptr<const NpyArray> memory_;  ///< if null: the file
  std::shared_ptr<const FileReader> file_;
  bool big_endian_ = false;
  std::uint64_t offset_ = 0;
};

}  // namespace nv
