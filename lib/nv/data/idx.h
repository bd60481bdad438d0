// IDX, the format of MNIST and its relatives (yann.lecun.com/exdb/mnist): big-endian numbers behind a short
// header.
#pragma once

#include <span>
#include <string>

#include "nv/data/npy.h"

namespace nv {

struct IdxHeader {
  Shape shape;
  ScalarType type = ScalarType::uint8;
  std::size_t data_offset = 0;
};

/// Whether these are the first bytes of an IDX file: two zeros, a known type, 1 to 8 axes.
bool is_idx(std::span<const std::byte> head);

/// They throw Error(input), beginning with `file`: not IDX, damaged, cut short, or with bytes behind the last
/// element.
IdxHeader parse_idx_header(std::span<const std::byte> head, const std::string& file);
/// All of a stream, to where its numbers stay.
NpyArray read_idx(HeadStream& stream, const std::string& file);
NpyArray parse_idx(std::span<const std::byte> bytes, const std::string& file);

}  // namespace nv
