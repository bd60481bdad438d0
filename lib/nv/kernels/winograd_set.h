// The transforms of Winograd convolution (winograd.h) by instruction set.
#pragma once

#include <cstdint>

namespace nv {

/// The part of a tile that lies in the output.
struct WinogradTile {
  float* data;
  std::int64_t row_step, column_step;
  std::int64_t rows, columns;
};

/// The transforms for tiles of n x n outputs: a plane is one of the (n + 2) x (n + 2) values of a transformed
/// tile, `plane_step` from the next. All sets with fused multiply-adds give the same bits.
struct WinogradTransforms {
  /// Transforms (n + 2) x (n + 2) positions of `channels` values.
  void (*input)(const float* x, std::int64_t row_step, std::int64_t column_step, std::int64_t channels,
                float* v, std::int64_t plane_step);
  /// Transforms the nine taps of `filters` filters for one channel.
  void (*taps)(const float* g, std::int64_t tap_step, std::int64_t filters, float* u,
               std::int64_t plane_step);
  /// Transforms sums back. If biases is not null, biases[f] is added, and with `relu` negative values become
  /// 0. Returns whether all sums are finite.
  bool (*output)(const float* m, std::int64_t plane_step, std::int64_t filters, const float* biases,
                 bool relu, const WinogradTile& to);
};

struct WinogradSet {
  WinogradTransforms two, four;  ///< by n
};

}  // namespace nv
