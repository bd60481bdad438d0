// An array whose numbers are read when they are asked for.
#pragma once

#include <memory>

#include "nv/data/npy.h"

namespace nv {

/// In memory, or where the numbers lie in a file that stays open: then nothing is held. Any thread may read.
class StoredArray {
 public:
  explicit StoredArray(NpyArray array);
  /// In C order, from `offset` on. Throws Error(input) where the file is too short for them.
  StoredArray(std::shared_ptr<const FileReader> file, const Shape& shape, ScalarType type, bool big_endian,
              std::uint64_t offset);

  const Shape& shape() const { return shape_; }
  ScalarType type() const { return type_; }
  bool is_picture() const { return type_ == ScalarType::uint8; }

  /// The elements from `first` on, counted in C order, as a tensor of `part`. Throws Error(input) where the
  /// file has changed, or the limit of memory is below that.
  Tensor as_float(std::int64_t first, const Shape& part) const;
  /// The bytes of elements of one byte each, from `first` on.
  void read_bytes(std::int64_t first, std::span<std::byte> into) const;

 private:
  Shape shape_;
  ScalarType type_;
  std::shared_ptr<const NpyArray> memory_;  ///< or else
  std::shared_ptr<const FileReader> file_;
  bool big_endian_ = false;
  std::uint64_t offset_ = 0;
};

}  // namespace nv
