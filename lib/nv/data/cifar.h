// CIFAR-10 and CIFAR-100 in their binary versions (cs.toronto.edu/~kriz/cifar.html): records of labels and a
// 32 x 32 RGB picture, plane by plane.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "nv/core/file.h"
#include "nv/data/image.h"

namespace nv {

/// A view of the bytes of a CIFAR file, which must outlive it.
class CifarRecords {
 public:
  /// Whether the bytes are whole records of either version with all labels in range.
  static bool fits(std::span<const std::byte> bytes);
  /// Whether a file of that many bytes can be whole records.
  static bool fits_size(std::uint64_t bytes);
  /// Whether a file that begins with `head` can be records.
  static bool may_begin(std::span<const std::byte> head);
  /// Throws Error(input), beginning with `file`, unless fits(bytes).
  CifarRecords(std::span<const std::byte> bytes, const std::string& file);

  /// Number of records.
  std::int64_t size() const;
  /// 10 or 100.
  int classes() const { return classes_; }
  /// Class of record `i`; for CIFAR-100 the fine one.
  std::int64_t label(std::int64_t i) const;
  Picture picture(std::int64_t i) const;

 private:
  std::span<const std::byte> record(std::int64_t i) const;

  std::span<const std::byte> bytes_;
  int classes_ = 10;
};

}  // namespace nv
