// The matrix product for one instruction set. Included once by each product_SET.cpp, which defines NV_LANES
// and is compiled for its set; everything here has internal linkage, so that no other file ends up with its
// code. Nothing of the standard library may be used: its inline functions would be shared.
#include "nv/kernels/product.h"

namespace nv {
namespace {

constexpr int lanes = NV_LANES;
constexpr int wide = 2 * lanes;  // columns of a panel
constexpr long block = 256;      // rows of a panel: it stays in the first-level cache

using Vec = float __attribute__((vector_size(lanes * sizeof(float)), aligned(sizeof(float)), may_alias));

/// Rows of `a` whose sums are held in registers at once.
constexpr int most_rows = lanes >= 8 ? 6 : 4;

/// c (+)= a times a panel of Vecs * lanes columns, whose rows are `stride` apart; Rows rows.
template <int Rows, int Vecs>
inline void tile(long depth, const float* a, long a_stride, const float* b, long b_stride, float* c,
                 long c_stride, bool add) {
  Vec sum[Rows][Vecs] = {};
  for (long k = 0; k < depth; ++k) {
    Vec row[Vecs];
    for (int v = 0; v < Vecs; ++v) row[v] = *reinterpret_cast<const Vec*>(b + k * b_stride + v * lanes);
    for (int r = 0; r < Rows; ++r) {
      const float x = a[r * a_stride + k];
      for (int v = 0; v < Vecs; ++v) sum[r][v] += x * row[v];
    }
  }
  for (int r = 0; r < Rows; ++r)
    for (int v = 0; v < Vecs; ++v) {
      Vec* to = reinterpret_cast<Vec*>(c + r * c_stride + v * lanes);
      *to = add ? *to + sum[r][v] : sum[r][v];
    }
}

/// All rows against one panel, as many at once as are left.
template <int Rows, int Vecs>
inline void rows_of(long rows, long depth, const float* a, long a_stride, const float* b, long b_stride,
                    float* c, long c_stride, bool add) {
  long r = 0;
  for (; r + Rows <= rows; r += Rows)
    tile<Rows, Vecs>(depth, a + r * a_stride, a_stride, b, b_stride, c + r * c_stride, c_stride, add);
  if constexpr (Rows > 1)
    if (r < rows)
      rows_of<Rows / 2, Vecs>(rows - r, depth, a + r * a_stride, a_stride, b, b_stride, c + r * c_stride,
                              c_stride, add);
}

/// A panel of fewer columns than vectors hold: the result goes through memory of our own.
template <int Rows, int Vecs>
inline void narrow_rows_of(long rows, long depth, const float* a, long a_stride, const float* b, float* c,
                           long c_stride, long columns, bool add) {
  float sums[Rows * Vecs * lanes];
  for (long r = 0; r < rows; r += Rows) {
    const long count = rows - r < Rows ? rows - r : Rows;
    rows_of<Rows, Vecs>(count, depth, a + r * a_stride, a_stride, b, Vecs * lanes, sums, Vecs * lanes, false);
    for (long i = 0; i < count; ++i) {
      float* to = c + (r + i) * c_stride;
      const float* from = sums + i * Vecs * lanes;
      for (long j = 0; j < columns; ++j) to[j] = add ? to[j] + from[j] : from[j];
    }
  }
}

/// Columns [first, first + columns) of `depth` rows of b from `from` on, side by side, filled up with zeros.
inline void pack(const ProductFactor& b, long from, long depth, long first, long columns, long width,
                 float* to) {
  if (b.column_step == 1) {
    for (long k = 0; k < depth; ++k) {
      const float* row = b.data + (from + k) * b.row_step + first;
      for (long j = 0; j < columns; ++j) to[k * width + j] = row[j];
      for (long j = columns; j < width; ++j) to[k * width + j] = 0;
    }
    return;
  }
  for (long j = 0; j < columns; ++j) {
    const float* column = b.data + (first + j) * b.column_step + from * b.row_step;
    for (long k = 0; k < depth; ++k) to[k * width + j] = column[k * b.row_step];
  }
  for (long j = columns; j < width; ++j)
    for (long k = 0; k < depth; ++k) to[k * width + j] = 0;
}

/// As many panels of Vecs vectors as there are columns for, then of fewer; the columns done.
template <int Vecs>
inline long row_panels(long depth, const float* a, const float* b, long b_stride, float* c, long columns,
                       bool add) {
  long j = 0;
  for (; j + Vecs * lanes <= columns; j += Vecs * lanes)
    tile<1, Vecs>(depth, a, 0, b + j, b_stride, c + j, 0, add);
  if constexpr (Vecs > 1) j += row_panels<Vecs / 2>(depth, a, b + j, b_stride, c + j, columns - j, add);
  return j;
}

/// One row of c, from b as it stands: packing would take as long as multiplying.
inline void single_row(long depth, const float* a, const float* b, long b_stride, float* c, long columns,
                       bool add) {
  for (long j = row_panels<8>(depth, a, b, b_stride, c, columns, add); j < columns; ++j) {
    float sum = 0;
    for (long k = 0; k < depth; ++k) sum += a[k] * b[k * b_stride + j];
    c[j] = add ? c[j] + sum : sum;
  }
}

/// c (+)= a b. Every number is a sum in the order of b's rows, by blocks of 256: it depends on nothing but
/// its own row and column, so that any number of rows may be multiplied at once.
void product(long rows, long depth, long columns, const float* a, long a_stride, const ProductFactor& b,
             float* c, long c_stride, bool add) {
  if (depth == 0 && !add)
    for (long r = 0; r < rows; ++r)
      for (long j = 0; j < columns; ++j) c[r * c_stride + j] = 0;
  alignas(64) float panel[block * wide];
  for (long from = 0; from < depth; from += block) {
    const long deep = depth - from < block ? depth - from : block;
    const bool more = add || from > 0;
    const float* left = a + from;
    if (rows == 1 && b.column_step == 1) {
      single_row(deep, left, b.data + from * b.row_step, b.row_step, c, columns, more);
      continue;
    }
    for (long j = 0; j < columns; j += wide) {
      const long count = columns - j < wide ? columns - j : wide;
      const int vecs = count <= lanes ? 1 : 2;
      pack(b, from, deep, j, count, vecs * lanes, panel);
      if (count == wide)
        rows_of<most_rows, 2>(rows, deep, left, a_stride, panel, wide, c + j, c_stride, more);
      else if (vecs == 2)
        narrow_rows_of<most_rows, 2>(rows, deep, left, a_stride, panel, c + j, c_stride, count, more);
      else if (count == lanes)
        rows_of<2 * most_rows, 1>(rows, deep, left, a_stride, panel, lanes, c + j, c_stride, more);
      else
        narrow_rows_of<2 * most_rows, 1>(rows, deep, left, a_stride, panel, c + j, c_stride, count, more);
    }
  }
}

}  // namespace
}  // namespace nv
