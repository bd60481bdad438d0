#include "nv/kernels/gemm.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <vector>

#include "layers/support.h"
#include "nv/kernels/kernel_set.h"

namespace nv::test {

TEST_CASE("a product does not change values between rows that are apart in memory") {
  ThreadPool pool(1);
  const std::array a{1.0F, 2.0F, -9.0F, 3.0F, 4.0F, -9.0F};
  const std::array b{1.0F, 0.0F, 2.0F, -9.0F, 0.0F, 1.0F, 3.0F, -9.0F};
  std::array<float, 8> c{};
  c.fill(7);
  multiply({a.data(), 2, 2, 3}, {b.data(), 2, 3, 4}, {c.data(), 2, 3, 4}, pool);
  CHECK(c == std::array{1.0F, 2.0F, 8.0F, 7.0F, 3.0F, 4.0F, 18.0F, 7.0F});
}

TEST_CASE("a product overwrites the result, NaN too, and is 0 without terms") {
  ThreadPool pool(1);
  const std::array a{2.0F}, b{3.0F};
  for (const std::int64_t depth : {0, 1}) {
    std::array c{NAN, NAN};
    multiply({a.data(), 1, depth, 1}, {b.data(), depth, 1, 1}, {c.data(), 1, 1, 1}, pool);
    CHECK(c[0] == (depth == 0 ? 0.0F : 6.0F));
    multiply_transposed({a.data(), 1, depth, 1}, {b.data(), 1, depth, 1}, {c.data() + 1, 1, 1, 1}, pool);
    CHECK(c[1] == (depth == 0 ? 0.0F : 6.0F));
  }
}

namespace {

/// a b and, as a measure of rounding, the sums of its terms' absolute values, in double.
struct Reference {
  std::vector<double> sums, sizes;

  Reference(const Tensor& a, const Tensor& b) {
    const std::int64_t rows = a.shape()[0], depth = a.shape()[1], columns = b.shape()[1];
    for (std::int64_t r = 0; r < rows; ++r)
      for (std::int64_t j = 0; j < columns; ++j) {
        double sum = 0, size = 0;
        for (std::int64_t k = 0; k < depth; ++k) {
          const double term = static_cast<double>(a[r * depth + k]) * static_cast<double>(b[k * columns + j]);
          sum += term;
          size += std::abs(term);
        }
        sums.push_back(sum);
        sizes.push_back(size);
      }
  }

  /// Whether c is as close as the rounding of sums of `depth` terms may be.
  bool fits(const Tensor& c) const {
    for (std::size_t i = 0; i < sums.size(); ++i)
      if (!(std::abs(static_cast<double>(c[static_cast<std::int64_t>(i)]) - sums[i]) <= 1e-6 * sizes[i]))
        return false;
    return true;
  }
};

bool same_bits(const Tensor& a, const Tensor& b) {
  return std::ranges::equal(a.values(), b.values());
}

Tensor transposed(const Tensor& x) {
  const std::int64_t rows = x.shape()[0], columns = x.shape()[1];
  Tensor y(Shape{columns, rows});
  for (std::int64_t i = 0; i < x.size(); ++i) y[i % columns * rows + i / columns] = x[i];
  return y;
}

/// With one instruction set, the right factor packed.
Tensor packed_product(const ProductSet& set, const Tensor& a, const Tensor& b) {
  const std::int64_t rows = a.shape()[0], depth = a.shape()[1], columns = b.shape()[1];
  Tensor c(Shape{rows, columns}, NAN), panels(Shape{depth, set.packed_columns(columns)}, NAN);
  // In two parts, as convolutions pack their taps.
  const std::int64_t half = depth / 2;
  set.pack({b.data(), columns, 1}, 0, half, depth, columns, panels.data());
  set.pack({b.data() + half * columns, columns, 1}, half, depth - half, depth, columns, panels.data());
  std::vector<std::int64_t> a_rows, c_rows;
  for (std::int64_t r = 0; r < rows; ++r) {
    a_rows.push_back(r * depth);
    c_rows.push_back(r * columns);
  }
  const std::int64_t run = 0;
  set.multiply(rows, {a.data(), a_rows.data(), &run, depth}, {panels.data(), depth, columns},
               {c.data(), c_rows.data()});
  return c;
}

}  // namespace

TEST_CASE("every instruction set agrees with sums in double, at sizes around those that kernels unroll by") {
  for (const KernelSet& kernels : kernel_sets()) {
    const ProductSet& set = kernels.product;
    CAPTURE(kernels.name);
    for (const std::int64_t rows : {1, 2, 5, 6, 7, 13})
      for (const std::int64_t depth : {1, 3, 64, 256, 257, 600})
        for (const std::int64_t columns : {1, 4, 7, 8, 9, 15, 16, 17, 33, 64, 70}) {
          CAPTURE(rows);
          CAPTURE(depth);
          CAPTURE(columns);
          const Tensor a = noise({rows, depth}), b = noise({depth, columns}, 2);
          const Reference reference(a, b);
          const Tensor c = packed_product(set, a, b);
          CHECK(reference.fits(c));
          Tensor row(Shape{columns}, NAN);
          set.multiply_row(a.data(), depth, b.data(), columns, columns, row.data());
          CHECK(same_bits(row, c.items(0, 1)));
        }
  }
}

TEST_CASE("every instruction set gives the same bits with the right factor as planes") {
  for (const KernelSet& kernels : kernel_sets()) {
    const ProductSet& set = kernels.product;
    CAPTURE(kernels.name);
    for (std::int64_t rows = 1; rows <= max_planes; ++rows)
      for (const std::int64_t depth : {1, 256, 300})
        for (const std::int64_t vectors : {1, 7}) {
          CAPTURE(rows);
          CAPTURE(depth);
          CAPTURE(vectors);
          const std::int64_t columns = vectors * set.width;
          const Tensor a = noise({rows, depth}), b = noise({depth, columns}, 2);
          std::vector<std::int64_t> at;
          for (std::int64_t k = 0; k < depth; ++k) at.push_back(k * columns);
          Tensor c(Shape{rows, columns}, NAN);
          set.multiply_planes(rows, depth, a.data(), depth, b.data(), at.data(), columns, c.data(), columns);
          CHECK(same_bits(c, packed_product(set, a, b)));
        }
  }
}

TEST_CASE("sets with fused sums give the same bits") {
  const Tensor a = noise({7, 300}), b = noise({300, 39}, 2);
  Tensor first;
  for (const KernelSet& kernels : kernel_sets()) {
    const ProductSet& set = kernels.product;
    if (!set.fused) continue;
    CAPTURE(kernels.name);
    const Tensor c = packed_product(set, a, b);
    if (!first.empty()) CHECK(same_bits(c, first));
    first = c;
  }
}

TEST_CASE("a row has the same bits alone and among many, a column too, on any number of threads") {
  ThreadPool one(1), three(3);
  for (const std::int64_t rows : {1, 4, 5, 100, 211})
    for (const std::int64_t depth : {5, 300})
      for (const std::int64_t columns : {1, 10, 84, 300}) {
        CAPTURE(rows);
        CAPTURE(depth);
        CAPTURE(columns);
        const Tensor a = noise({rows, depth}), b = noise({depth, columns}, 2);
        Tensor c(Shape{rows, columns}), again(c.shape()), alone(c.shape());
        multiply({a.data(), rows, depth, depth}, {b.data(), depth, columns, columns},
                 {c.data(), rows, columns, columns}, one);
        multiply({a.data(), rows, depth, depth}, {b.data(), depth, columns, columns},
                 {again.data(), rows, columns, columns}, three);
        CHECK(same_bits(c, again));
        for (std::int64_t r = 0; r < rows; ++r)
          multiply({a.data() + r * depth, 1, depth, depth}, {b.data(), depth, columns, columns},
                   {alone.data() + r * columns, 1, columns, columns}, one);
        CHECK(same_bits(c, alone));
        for (std::int64_t j = 0; j < columns; j += 7)
          multiply({a.data(), rows, depth, depth}, {b.data() + j, depth, 1, columns},
                   {alone.data() + j, rows, 1, columns}, one);
        CHECK(same_bits(c, alone));
        const Tensor bt = transposed(b);
        multiply_transposed({a.data(), rows, depth, depth}, {bt.data(), columns, depth, depth},
                            {alone.data(), rows, columns, columns}, three);
        CHECK(same_bits(c, alone));
      }
}

}  // namespace nv::test
