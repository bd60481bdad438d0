// The matrix product for one instruction set. Each set_SET.cpp is compiled for its set, defines `Lanes`, a
// vector of floats with its operations, in an unnamed namespace, and then includes this file. Everything here
// has internal linkage and uses nothing of the standard library: the linker could otherwise select an inline
// function compiled for a newer CPU for the whole program.
#pragma once

#include "nv/kernels/kernel_set.h"

// NOLINTBEGIN(misc-definitions-in-headers): each including file needs its own copy
namespace nv {
namespace {

using Size = std::int64_t;
using Vector = Lanes::Vector;

constexpr Size lanes = Lanes::count;
constexpr Size panel_width = 2 * lanes;
constexpr Size depth_block = 256;  // of one panel: 16 KiB at eight lanes, half of the first-level cache
constexpr int tile_rows = Lanes::tile_rows;

/// sums = a b over at most depth_block terms; term k is at a[r][at[k]]. Fetches from `ahead` on, `ahead_step`
/// values per term, unless that is 0.
template <int Rows, int Vectors, bool Ahead>
inline void sum_tile(Size depth, const float* const (&a)[tile_rows], const Size* at, const float* b,
                     const float* ahead, Size ahead_step, Vector (&sums)[tile_rows][2]) {
  Vector sum[Rows][Vectors];
  for (int r = 0; r < Rows; ++r)
    for (int v = 0; v < Vectors; ++v) sum[r][v] = Lanes::zero();
  for (Size k = 0; k < depth; ++k, b += Vectors * lanes) {
    if (Ahead) __builtin_prefetch(ahead + k * ahead_step, 0, 2);
    Vector row[Vectors];
    for (int v = 0; v < Vectors; ++v) row[v] = Lanes::load(b + v * lanes);
    for (int r = 0; r < Rows; ++r) {
      const Vector x = Lanes::all(a[r][at[k]]);
      for (int v = 0; v < Vectors; ++v) sum[r][v] = Lanes::add_product(x, row[v], sum[r][v]);
    }
  }
  for (int r = 0; r < Rows; ++r)
    for (int v = 0; v < Vectors; ++v) sums[r][v] = sum[r][v];
}

/// Stores `count` lanes of a vector in c, or adds them to it; then applies `end`.
template <typename End>
inline void put(Vector sum, Size count, bool add, float* c, const End& end) {
  if (count >= lanes) {
    Lanes::store(end(add ? Lanes::add(Lanes::load(c), sum) : sum), c);
    return;
  }
  if (add) sum = Lanes::add(Lanes::load_part(c, count), sum);
  Lanes::store_part(end(sum), count, c);
}

/// Parameters that all tiles of a panel share.
struct Panel {
  const float* a;
  const Size* a_rows;
  const Size* at;
  const float* b;
  Size depth, columns;
  float* c;
  const Size* c_rows;
  bool add;
  const float* biases;  ///< null except for the last block of the depth
  bool relu;
  const float* ahead;  ///< what will be read next
  Size ahead_step;     ///< of it per term; 0 if it is in the cache
};

template <int Rows, int Vectors>
inline void tile(const Panel& p, Size first) {
  const float* a[tile_rows];
  for (int r = 0; r < tile_rows; ++r) a[r] = p.a + p.a_rows[first + (r < Rows ? r : 0)];
  Vector sums[tile_rows][2];
  if (p.ahead_step == 0)
    sum_tile<Rows, Vectors, false>(p.depth, a, p.at, p.b, nullptr, 0, sums);
  else
    sum_tile<Rows, Vectors, true>(p.depth, a, p.at, p.b, p.ahead + first / tile_rows * p.depth * p.ahead_step,
                                  p.ahead_step, sums);
  for (int r = 0; r < Rows; ++r)
    for (int v = 0; v < Vectors; ++v)
      if (p.columns > v * lanes)
        put(sums[r][v], p.columns - v * lanes, p.add, p.c + p.c_rows[first + r] + v * lanes, [&](Vector x) {
          if (p.biases == nullptr) return x;
          x = Lanes::add(x, Lanes::load(p.biases + v * lanes));
          return p.relu ? Lanes::larger(Lanes::zero(), x) : x;
        });
}

/// The last `count` rows, at most Rows.
template <int Rows, int Vectors>
inline void rest(const Panel& p, Size first, Size count) {
  if constexpr (Rows > 0) {
    if (count == Rows) return tile<Rows, Vectors>(p, first);
    rest<Rows - 1, Vectors>(p, first, count);
  }
}

/// All rows times one panel.
template <int Vectors>
void multiply_panel(Size rows, const Panel& p) {
  Size r = 0;
  for (; r + tile_rows <= rows; r += tile_rows) tile<tile_rows, Vectors>(p, r);
  rest<tile_rows - 1, Vectors>(p, r, rows - r);
}

/// Width of the panel that holds the first of `columns` remaining ones: the last panel is one vector wide if
/// that is enough. Panels are contiguous, each (depth, width).
inline Size width_of(Size columns) {
  return columns <= lanes ? lanes : panel_width;
}

void pack(const ProductSource& b, Size from, Size rows, Size depth, Size columns, float* panels) {
  for (Size j = 0; j < columns; j += panel_width, panels += depth * panel_width) {
    const Size width = width_of(columns - j);
    const Size count = columns - j < width ? columns - j : width;
    const float* source = b.data + j * b.column_step;
    float* to = panels + from * width;
    for (Size k = 0; k < rows; ++k, source += b.row_step, to += width) {
      if (b.column_step == 1 && count == width && width == panel_width) {
        Lanes::store(Lanes::load(source), to);
        Lanes::store(Lanes::load(source + lanes), to + lanes);
        continue;
      }
      for (Size i = 0; i < count; ++i) to[i] = source[i * b.column_step];
      for (Size i = count; i < width; ++i) to[i] = 0;
    }
  }
}

void multiply(Size rows, const ProductLeft& a, const ProductRight& b, const ProductResult& c) {
  Size at[depth_block], k = 0, run = 0, in_run = 0;
  // While rows are multiplied with a panel of a large matrix, the next panel is fetched from farther caches;
  // with the first panel, the next rows, if they are adjacent: nothing has read them yet.
  constexpr Size large = Size{1} << 14;
  const Size tiles = (rows + tile_rows - 1) / tile_rows;
  const Size next_panel_step = b.depth * b.columns < large ? 0 : (panel_width + tiles - 1) / tiles;
  const bool adjacent = rows > 1 && b.depth > 0 && b.depth <= depth_block && a.run == b.depth &&
                        a.rows[1] - a.rows[0] == b.depth;
  const float* const next_rows = adjacent ? a.data + a.rows[0] + a.runs[0] + tile_rows * b.depth : nullptr;
  do {
    const Size deep = b.depth - k < depth_block ? b.depth - k : depth_block;
    for (Size i = 0; i < deep; ++i) {
      at[i] = a.runs[run] + in_run;
      if (++in_run == a.run) ++run, in_run = 0;
    }
    const float* panel = b.panels;
    for (Size j = 0; j < b.columns; j += panel_width, panel += b.depth * panel_width) {
      const Size columns = b.columns - j, width = width_of(columns);
      const bool rows_ahead = adjacent && j == 0;
      const Panel p{a.data,
                    a.rows,
                    at,
                    panel + k * width,
                    deep,
                    columns < width ? columns : width,
                    c.data + j,
                    c.rows,
                    k > 0,
                    c.biases != nullptr && k + deep == b.depth ? c.biases + j : nullptr,
                    c.relu,
                    rows_ahead ? next_rows : panel + k * width + b.depth * width,
                    rows_ahead ? tile_rows : next_panel_step};
      if (width == lanes)
        multiply_panel<1>(rows, p);
      else
        multiply_panel<2>(rows, p);
    }
    k += deep;
  } while (k < b.depth);
}

/// Rows x Vectors vectors of sums, one depth block after another.
template <int Rows, int Vectors>
inline void planes_tile(Size depth, const float* a, Size a_stride, const float* b, const Size* at, float* c,
                        Size c_stride) {
  Size k = 0;
  do {
    const Size end = depth - k < depth_block ? depth : k + depth_block;
    const bool add = k > 0;
    Vector sum[Rows][Vectors];
    for (int r = 0; r < Rows; ++r)
      for (int v = 0; v < Vectors; ++v) sum[r][v] = Lanes::zero();
    for (; k < end; ++k) {
      Vector row[Vectors];
      for (int v = 0; v < Vectors; ++v) row[v] = Lanes::load(b + at[k] + v * lanes);
      for (int r = 0; r < Rows; ++r) {
        const Vector x = Lanes::all(a[r * a_stride + k]);
        for (int v = 0; v < Vectors; ++v) sum[r][v] = Lanes::add_product(x, row[v], sum[r][v]);
      }
    }
    for (int r = 0; r < Rows; ++r)
      for (int v = 0; v < Vectors; ++v)
        put(sum[r][v], lanes, add, c + r * c_stride + v * lanes, [](Vector x) { return x; });
  } while (k < depth);
}

template <int Rows, int Vectors>
void planes(Size depth, const float* a, Size a_stride, const float* b, const Size* at, Size columns, float* c,
            Size c_stride) {
  Size p = 0;
  for (; p + Vectors * lanes <= columns; p += Vectors * lanes)
    planes_tile<Rows, Vectors>(depth, a, a_stride, b + p, at, c + p, c_stride);
  for (; p < columns; p += lanes) planes_tile<Rows, 1>(depth, a, a_stride, b + p, at, c + p, c_stride);
}

void multiply_planes(Size rows, Size depth, const float* a, Size a_stride, const float* b, const Size* at,
                     Size columns, float* c, Size c_stride) {
  switch (rows) {
    case 1:
      return planes<1, 8>(depth, a, a_stride, b, at, columns, c, c_stride);
    case 2:
      return planes<2, 6>(depth, a, a_stride, b, at, columns, c, c_stride);
    case 3:
      return planes<3, 4>(depth, a, a_stride, b, at, columns, c, c_stride);
    case 4:
      return planes<4, 3>(depth, a, a_stride, b, at, columns, c, c_stride);
    case 5:
      return planes<5, 2>(depth, a, a_stride, b, at, columns, c, c_stride);
    default:
      return planes<6, 2>(depth, a, a_stride, b, at, columns, c, c_stride);
  }
}

/// sums += x[0] b[0] + x[1] b[1] + ..., of `Rows` rows of b.
template <int Rows>
inline void add_rows(const float* x, const float* b, Size stride, Size columns, float* sums) {
  Vector factor[Rows];
  for (int k = 0; k < Rows; ++k) factor[k] = Lanes::all(x[k]);
  Size j = 0;
  for (; j + lanes <= columns; j += lanes) {
    Vector sum = Lanes::load(sums + j);
    for (int k = 0; k < Rows; ++k) sum = Lanes::add_product(factor[k], Lanes::load(b + k * stride + j), sum);
    Lanes::store(sum, sums + j);
  }
  if (j == columns) return;
  Vector sum = Lanes::load(sums + j);
  for (int k = 0; k < Rows; ++k)
    sum = Lanes::add_product(factor[k], Lanes::load_part(b + k * stride + j, columns - j), sum);
  Lanes::store(sum, sums + j);
}

/// Columns of multiply_row, `count` of them in Vectors vectors, whose sums stay in registers.
template <int Vectors>
inline void multiply_columns(const float* x, Size depth, const float* b, Size stride, Size count, float* c) {
  const Size last = count - (Vectors - 1) * lanes;  // columns of the last vector
  Size k = 0;
  do {
    const Size end = depth - k < depth_block ? depth : k + depth_block;
    const bool add = k > 0;
    Vector sum[Vectors];
    for (int v = 0; v < Vectors; ++v) sum[v] = Lanes::zero();
    const float* row = b + k * stride;
    for (; k < end; ++k, row += stride) {
      const Vector factor = Lanes::all(x[k]);
      for (int v = 0; v < Vectors - 1; ++v)
        sum[v] = Lanes::add_product(factor, Lanes::load(row + v * lanes), sum[v]);
      sum[Vectors - 1] =
          Lanes::add_product(factor, Lanes::load_part(row + (Vectors - 1) * lanes, last), sum[Vectors - 1]);
    }
    for (int v = 0; v < Vectors; ++v)
      put(sum[v], v < Vectors - 1 ? lanes : last, add, c + v * lanes, [](Vector all) { return all; });
  } while (k < depth);
}

void multiply_few_columns(const float* x, Size depth, const float* b, Size stride, Size columns, float* c) {
  switch ((columns + lanes - 1) / lanes) {
    case 1:
      return multiply_columns<1>(x, depth, b, stride, columns, c);
    case 2:
      return multiply_columns<2>(x, depth, b, stride, columns, c);
    case 3:
      return multiply_columns<3>(x, depth, b, stride, columns, c);
    case 4:
      return multiply_columns<4>(x, depth, b, stride, columns, c);
    case 5:
      return multiply_columns<5>(x, depth, b, stride, columns, c);
    case 6:
      return multiply_columns<6>(x, depth, b, stride, columns, c);
    case 7:
      return multiply_columns<7>(x, depth, b, stride, columns, c);
    default:
      return multiply_columns<8>(x, depth, b, stride, columns, c);
  }
}

void multiply_row(const float* x, Size depth, const float* b, Size stride, Size columns, float* c) {
  // A small matrix is in the cache, where it need not be read row by row.
  constexpr Size small = Size{1} << 17, few = 8 * lanes;
  if (depth * stride <= small) {
    for (Size j = 0; j < columns; j += few)
      multiply_few_columns(x, depth, b + j, stride, columns - j < few ? columns - j : few, c + j);
    return;
  }
  constexpr Size chunk = 512;
  float sums[chunk];
  for (Size j = 0; j < columns; j += chunk) {
    const Size count = columns - j < chunk ? columns - j : chunk;
    Size k = 0;
    do {
      const Size end = depth - k < depth_block ? depth : k + depth_block;
      const bool more = k > 0;
      for (Size i = 0; i < chunk; ++i) sums[i] = 0;
      for (; k + 4 <= end; k += 4) add_rows<4>(x + k, b + k * stride + j, stride, count, sums);
      for (; k < end; ++k) add_rows<1>(x + k, b + k * stride + j, stride, count, sums);
      for (Size i = 0; i < count; ++i) c[j + i] = more ? c[j + i] + sums[i] : sums[i];
    } while (k < depth);
  }
}

/// to += the sum over i < count of x[i] * rows[i][from ...], for Vectors vectors.
template <int Vectors>
inline void add_rows_to(Size count, const float* x, const float* const* rows, Size from, float* to) {
  Vector sum[Vectors];
  for (int v = 0; v < Vectors; ++v) sum[v] = Lanes::load(to + v * lanes);
  for (Size i = 0; i < count; ++i) {
    const Vector factor = Lanes::all(x[i]);
    for (int v = 0; v < Vectors; ++v)
      sum[v] = Lanes::add_product(factor, Lanes::load(rows[i] + from + v * lanes), sum[v]);
  }
  for (int v = 0; v < Vectors; ++v) Lanes::store(sum[v], to + v * lanes);
}

void scatter(const ScatterSource& a, const ScatterKernel& b, const ScatterResult& c, Size rows,
             const Size* kernel_at, const Size* to_at) {
  constexpr Size some = 128;  // channels
  float x[some];
  const float* at[some];
  const float* from = a.data;
  for (Size p = 0; p < a.positions; ++p, from += a.channels)
    for (Size first = 0; first < a.channels; first += some) {
      const Size end = a.channels - first < some ? a.channels : first + some;
      Size count = 0, k = first;
      const auto take = [&](Size channel) {
        x[count] = from[channel];
        at[count++] = b.data + channel * b.step;
      };
      for (; k + lanes <= end; k += lanes)
        for (unsigned bits = Lanes::not_zero(Lanes::load(from + k)); bits != 0; bits &= bits - 1)
          take(k + __builtin_ctz(bits));
      for (; k < end; ++k)
        if (from[k] != 0) take(k);
      if (count == 0) continue;
      for (Size r = 0; r < rows; ++r) {
        float* const to = c.data + to_at[r] + p * c.step;
        Size i = 0;
        for (; i + 8 * lanes <= b.length; i += 8 * lanes)
          add_rows_to<8>(count, x, at, kernel_at[r] + i, to + i);
        for (; i + 4 * lanes <= b.length; i += 4 * lanes)
          add_rows_to<4>(count, x, at, kernel_at[r] + i, to + i);
        for (; i + 2 * lanes <= b.length; i += 2 * lanes)
          add_rows_to<2>(count, x, at, kernel_at[r] + i, to + i);
        for (; i < b.length; i += lanes) add_rows_to<1>(count, x, at, kernel_at[r] + i, to + i);
      }
    }
}

constexpr ProductSet make_product_set(bool fused) {
  return {lanes, panel_width, fused, pack, multiply, multiply_planes, multiply_row, scatter};
}

}  // namespace
}  // namespace nv
// NOLINTEND(misc-definitions-in-headers)
