// NumPy's .npy files, as numpy/lib/format.py defines them (versions 1.0 to 3.0).
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "nv/core/file.h"
#include "nv/core/shape.h"
#include "nv/core/tensor.h"
#include "nv/data/byte_stream.h"

namespace nv {

/// The type of an array's elements, in this machine's byte order.
enum class ScalarType {
  boolean,
  int8,
  int16,
  int32,
  int64,
  uint8,
  uint16,
  uint32,
  uint64,
  float16,
  float32,
  float64
};

std::int64_t scalar_bytes(ScalarType type);
/// NumPy's name: "float32".
const char* scalar_name(ScalarType type);

/// The first lines of an .npy file.
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

  /// Pictures are what NumPy users keep as uint8: scaled like an image file; other types are taken as they
  /// are.
  bool is_picture() const { return type == ScalarType::uint8; }

  /// All elements rounded to float32.
  Tensor as_float() const;
  /// `count` elements from `first` on, counted in C order, as a tensor of `shape`.
  Tensor as_float(std::int64_t first, const Shape& shape) const;
  /// All elements as integers. Throws Error(input), beginning with `file`, where one is not a whole number.
  std::vector<std::int64_t> as_integers(const std::string& file) const;
};

/// Rounds out.size() elements of `type`, in this machine's byte order, to float32.
void to_float(ScalarType type, const std::byte* raw, std::span<float> out);
/// Turns the bytes of each element of `width` bytes around.
void swap_bytes(std::span<std::byte> raw, std::size_t width);
/// Reserved memory for the numbers of an array, of which a stream has `available` at most. Throws
/// Error(input) where that is not enough, or the limit of memory is below it.
Bytes room_for(const Shape& shape, ScalarType type, std::uint64_t available, const std::string& file);

bool is_npy(std::span<const std::byte> bytes);

/// Reads the header from the file's first bytes (1 MiB always suffice). Throws Error(input): damaged, or
/// elements that are not plain numbers (objects, text, records, complex numbers).
NpyHeader parse_npy_header(std::span<const std::byte> bytes, const std::string& file);

/// The header at the beginning of a stream, which stays where it is.
NpyHeader npy_header(HeadStream& stream, const std::string& file);

/// Reads a whole file to where its numbers stay; what stands behind them is left. Every error is an
/// Error(input) that begins with `file`; memory is asked for once there is reason to believe the header.
NpyArray read_npy(HeadStream& stream, const std::string& file);
NpyArray parse_npy(std::span<const std::byte> bytes, const std::string& file);

/// A version 1.0 file of little-endian float32 in C order, its header padded to a multiple of 64 bytes.
Bytes encode_npy(const Tensor& tensor);
/// The same of int64, along one axis.
Bytes encode_npy(std::span<const std::int64_t> values);
/// The same of text, as NumPy's str ("<U12"): UTF-8 in, bytes that are none become U+FFFD.
Bytes encode_npy(std::span<const std::string> texts);

}  // namespace nv
