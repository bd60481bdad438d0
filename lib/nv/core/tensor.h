// Float32 arrays in C order.
#pragma once

#include <cassert>
#include <memory>
#include <span>

#include "nv/core/shape.h"

namespace nv {

/// A shape and shared float32 storage, 64-byte aligned. Copies and reshaped tensors share the storage;
/// `clone()` copies the numbers.
class Tensor {
 public:
  Tensor() = default;
  /// Numbers are not initialised.
  explicit Tensor(const Shape& shape);
  Tensor(const Shape& shape, float fill);
  /// Copies `values`, in C order. Throws Error(input) if their number does not fit the shape.
  Tensor(const Shape& shape, std::span<const float> values);
  /// The numbers at `numbers`, which `owner` keeps: a view of a file in memory, not aligned. Nobody may write
  /// to them through it.
  static Tensor view(const Shape& shape, const std::shared_ptr<const void>& owner, const float* numbers);

  const Shape& shape() const { return shape_; }
  std::int64_t size() const { return size_; }
  bool empty() const { return storage_ == nullptr; }

  float* data() { return data_; }
  const float* data() const { return data_; }
  std::span<float> values() { return {data_, static_cast<std::size_t>(size_)}; }
  std::span<const float> values() const { return {data_, static_cast<std::size_t>(size_)}; }
  float operator[](std::int64_t i) const { return data_[i]; }
  float& operator[](std::int64_t i) { return data_[i]; }

  /// The same numbers with another shape of as many elements; shares storage. Throws Error(input).
  Tensor reshaped(const Shape& shape) const;
  /// Item `i` along axis 0, without that axis; shares storage.
  Tensor item(std::int64_t i) const;
  /// Items [first, first + count) along axis 0; shares storage.
  Tensor items(std::int64_t first, std::int64_t count) const;
  Tensor clone() const;

 private:
  std::shared_ptr<float[]> storage_;
  float* data_ = nullptr;
  Shape shape_;
  std::int64_t size_ = 0;
};

/// Joins items of the same shape along a new axis 0. One item shares its storage.
Tensor stack(std::span<const Tensor> items);

}  // namespace nv
