// IDX, the format of MNIST (yann.lecun.com/exdb/mnist): big-endian numbers after a short header.
#pragma once

#include <span>
#include <string>

#include "nv/data/npy.h"

namespace nv {

/// What the header says; `data_offset` is in bytes.
struct IdxHeader {
  Shape shape;
  ScalarType type = ScalarType::uint8;
  std::size_t data_offset = 0;
};

/// Whether a file that begins so is IDX: two zeros, a known type, 1 to 8 axes.
bool is_idx(std::span<const std::byte> head);

// These throw Error(input), beginning with `file`: not IDX, damaged, cut short, or with bytes after the last
// element.

/// Parses the header in the first bytes of a file.
IdxHeader parse_idx_header(std::span<const std::byte> head, const std::string& file);
/// Reads a whole file.
NpyArray read_idx(HeadStream& stream, const std::string& file);

}  // namespace nv
