// NumPy's .npy files, as numpy/lib/format.py defines them (versions 1.0 to 3.0).
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "nv/core/file.h"
#include "nv/core/shape.h"
#include "nv/core/tensor.h"
#include "nv/data/byte_stream.h"
#include "nv/data/scalar_type.h"

namespace nv {

/// What .npy files begin with.
inline constexpr std::string_view npy_magic{"\x93NUMPY", 6};

/// The header of an .npy file.
struct NpyHeader {
  Shape shape;
  ScalarType type = ScalarType::float32;
  bool big_endian = false;
  bool fortran_order = false;
  std::size_t data_offset = 0;  ///< bytes before the first element

  std::int64_t data_bytes() const { return shape.elements() * scalar_bytes(type); }
};

/// An array of numbers of any type, in C order and this machine's byte order.
struct NpyArray {
  Shape shape;
  ScalarType type = ScalarType::float32;
  Bytes raw;

  /// uint8 arrays count as pictures and are scaled like image files; other types are not scaled.
  bool is_picture() const { return type == ScalarType::uint8; }

  /// All elements, rounded to float32.
  Tensor as_float() const;
  /// The elements from index `first` on (C order) as a tensor of `shape`.
  Tensor as_float(std::int64_t first, const Shape& shape) const;
  /// All elements as integers. Throws Error(input), beginning with `file`, if one is not an integer.
  std::vector<std::int64_t> as_integers(const std::string& file) const;
};

/// Converts out.size() elements of `type`, in this machine's byte order, to float32.
void to_float(ScalarType type, const std::byte* raw, std::span<float> out);
/// Reverses the bytes of each element of `width` bytes.
void swap_bytes(std::span<std::byte> raw, std::size_t width);
/// Returns an empty buffer with reserved memory for an array whose stream has at most `available` bytes.
/// Throws Error(input) if `available` is not enough, or the array exceeds memory_limit().
Bytes room_for(const Shape& shape, ScalarType type, std::uint64_t available, const std::string& file);

/// Whether a file that begins so is .npy.
bool is_npy(std::span<const std::byte> bytes);

/// Parses the header in the first bytes of a file (1 MiB suffices). Throws Error(input): damaged, or elements
/// that are not real numbers (objects, text, records, complex numbers).
NpyHeader parse_npy_header(std::span<const std::byte> bytes, const std::string& file);

/// The same of a stream, whose position does not change.
NpyHeader npy_header(HeadStream& stream, const std::string& file);

/// Reads a whole file; bytes after the last element are not read. Errors are Error(input) and begin with
/// `file`. Memory is allocated only if the stream can have as many bytes as the header claims.
NpyArray read_npy(HeadStream& stream, const std::string& file);
NpyArray parse_npy(std::span<const std::byte> bytes, const std::string& file);

/// Encodes a version 1.0 file of little-endian float32 in C order, its header padded to a multiple of 64
/// bytes.
Bytes encode_npy(const Tensor& tensor);
/// The same for float64. Throws Error(input) if the number of values does not fit the shape.
Bytes encode_npy(std::span<const double> values, const Shape& shape);
/// The same for int64 along one axis.
Bytes encode_npy(std::span<const std::int64_t> values);
/// The same for UTF-8 text, as NumPy's str ("<U12"); invalid bytes become U+FFFD.
Bytes encode_npy(std::span<const std::string> texts);

}  // namespace nv
