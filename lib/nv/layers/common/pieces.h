// Loops over the values of a tensor, in parallel.
#pragma once

#include <algorithm>
#include <cstdint>

#include "nv/core/parallel.h"

namespace nv {

/// Calls body(first, count) for pieces of `size` values: whole rows of `row` values each, about 64 KB, so
/// that a piece stays in the cache while several steps are taken on it.
template <typename Body>
void for_pieces(std::int64_t size, std::int64_t row, ThreadPool& pool, const Body& body) {
  if (size == 0) return;
  constexpr std::int64_t values = 1 << 14;
  const std::int64_t piece = std::max<std::int64_t>(values / row, 1) * row;
  pool.for_each((size + piece - 1) / piece,
                [&](std::int64_t i) { body(i * piece, std::min(piece, size - i * piece)); });
}

}  // namespace nv
