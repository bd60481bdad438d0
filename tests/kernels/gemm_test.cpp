#include "nv/kernels/gemm.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "layers/support.h"

namespace nv::test {

namespace {

double largest_error(const Tensor& got, const std::vector<double>& expected) {
  double worst = 0;
  for (std::size_t i = 0; i < expected.size(); ++i)
    worst = std::max(worst, std::abs(static_cast<double>(got[static_cast<std::int64_t>(i)]) - expected[i]));
  return worst;
}

}  // namespace

TEST_CASE("a product of matrices whose rows lie apart in memory touches nothing between them") {
  const std::array a{1.0F, 2.0F, -9.0F, 3.0F, 4.0F, -9.0F};
  const std::array b{1.0F, 0.0F, 2.0F, -9.0F, 0.0F, 1.0F, 3.0F, -9.0F};
  std::array<float, 8> c{};
  c.fill(7);
  multiply({a.data(), 2, 2, 3}, {b.data(), 2, 3, 4}, {c.data(), 2, 3, 4});
  CHECK(c == std::array{1.0F, 2.0F, 8.0F, 7.0F, 3.0F, 4.0F, 18.0F, 7.0F});
}

TEST_CASE("a product replaces what the result held, NaN too") {
  const std::array a{2.0F}, b{3.0F};
  std::array c{NAN};
  multiply({a.data(), 1, 1, 1}, {b.data(), 1, 1, 1}, {c.data(), 1, 1, 1});
  CHECK(c[0] == 6.0F);
  c[0] = NAN;
  multiply_row(a.data(), {b.data(), 1, 1, 1}, c.data());
  CHECK(c[0] == 6.0F);
}

TEST_CASE("products agree with sums in double, at sizes around those that kernels unroll by") {
  for (const std::int64_t rows : {1, 3, 17})
    for (const std::int64_t depth : {1, 5, 64, 200})
      for (const std::int64_t cols : {1, 4, 7, 33}) {
        const Tensor a = noise({rows, depth}), b = noise({depth, cols}, 2);
        Tensor c(Shape{rows, cols}), row(Shape{cols});
        multiply({a.data(), rows, depth, depth}, {b.data(), depth, cols, cols}, {c.data(), rows, cols, cols});
        multiply_row(a.data(), {b.data(), depth, cols, cols}, row.data());
        std::vector<double> expected;
        double magnitude = 0;  // of the terms: what rounding is relative to
        for (std::int64_t r = 0; r < rows; ++r)
          for (std::int64_t k = 0; k < cols; ++k) {
            double sum = 0, terms = 0;
            for (std::int64_t d = 0; d < depth; ++d) {
              const double term =
                  static_cast<double>(a[r * depth + d]) * static_cast<double>(b[d * cols + k]);
              sum += term;
              terms += std::abs(term);
            }
            expected.push_back(sum);
            magnitude = std::max(magnitude, terms);
          }
        CAPTURE(rows);
        CAPTURE(depth);
        CAPTURE(cols);
        CHECK(largest_error(c, expected) < 1e-6 * magnitude);
        expected.resize(static_cast<std::size_t>(cols));
        CHECK(largest_error(row, expected) < 1e-6 * magnitude);
      }
}

TEST_CASE("the library of products says its version") {
  CHECK(eigen_version().starts_with("3."));
}

}  // namespace nv::test
