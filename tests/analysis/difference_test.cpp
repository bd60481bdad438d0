#include "nv/analysis/difference.h"

#include <doctest/doctest.h>

#include <cmath>

#include "nv/core/error.h"

namespace nv {
namespace {

/// The same numbers as in NumPy: ((i * k) % 17) / 16.
Tensor pattern(const Shape& shape, int k) {
  Tensor t(shape);
  for (std::int64_t i = 0; i < t.size(); ++i) t[i] = static_cast<float>((i * k) % 17) / 16;
  return t;
}

}  // namespace

TEST_CASE("difference: figures are NumPy's, SSIM is scikit-image 0.25's") {
  const Shape shape{9, 8, 2};
  const Difference d = difference(pattern(shape, 5), pattern(shape, 7), false);
  CHECK(d.l2 == doctest::Approx(5.6218741314618565).epsilon(1e-12));
  CHECK(d.relative_l2 == doctest::Approx(0.8025812191466759).epsilon(1e-12));
  CHECK(d.linf == 0.875);
  CHECK(d.mean_abs == doctest::Approx(0.3832465277777778).epsilon(1e-12));
  CHECK(d.cosine == doctest::Approx(0.6789446478375896).epsilon(1e-12));
  CHECK(d.pearson == doctest::Approx(-0.1597545672778632).epsilon(1e-12));
  REQUIRE(d.ssim);
  CHECK(*d.ssim == doctest::Approx(-0.130145580322083).epsilon(1e-10));
  CHECK(d.range == 1);
  CHECK(d.changed_share == 0.9375);
  REQUIRE(d.channels.size() == 2);
  CHECK(d.channels[0].channel == 1);
  CHECK(d.channels[0].l2 == doctest::Approx(4.039840652798078).epsilon(1e-12));
  CHECK(d.channels[1].l2 == doctest::Approx(3.9096235432583533).epsilon(1e-12));
}

TEST_CASE("difference: channels first means the same") {
  const Shape first{2, 9, 8};
  const Tensor a = pattern(first, 5), b = pattern(first, 7);
  Tensor la(Shape{9, 8, 2}), lb(Shape{9, 8, 2});
  for (std::int64_t c = 0; c < 2; ++c)
    for (std::int64_t i = 0; i < 72; ++i) {
      la[i * 2 + c] = a[c * 72 + i];
      lb[i * 2 + c] = b[c * 72 + i];
    }
  const Difference x = difference(a, b, true), y = difference(la, lb, false);
  CHECK(*x.ssim == doctest::Approx(*y.ssim).epsilon(1e-12));
  CHECK(x.channels[0].channel == y.channels[0].channel);
  CHECK(x.channels[0].l2 == doctest::Approx(y.channels[0].l2).epsilon(1e-12));
}

TEST_CASE("difference: of equal tensors, of zeros, and undefined figures") {
  const Tensor a = pattern({8, 8, 1}, 3), zero(Shape{8, 8, 1}, 0.0F);
  const Difference same = difference(a, a, false);
  CHECK(same.l2 == 0);
  CHECK(same.relative_l2 == 0);
  CHECK(same.cosine == doctest::Approx(1).epsilon(1e-12));
  CHECK(*same.ssim == doctest::Approx(1).epsilon(1e-12));
  CHECK(same.changed_share == 0);
  const Difference from_zero = difference(zero, a, false);
  CHECK(std::isinf(from_zero.relative_l2));
  CHECK(std::isnan(from_zero.cosine));
  CHECK(std::isnan(from_zero.pearson));
  CHECK(difference(zero, zero, false).relative_l2 == 0);
  CHECK_FALSE(difference(pattern({6, 9, 1}, 3), pattern({6, 9, 1}, 5), false).ssim);
  CHECK_FALSE(difference(pattern({20}, 3), pattern({20}, 5), false).ssim);
  CHECK_THROWS_AS(difference(pattern({3}, 1), pattern({4}, 1), false), Error);
  CHECK_THROWS_AS((void)figure(same, "l3"), Error);
  CHECK(figure(same, "linf") == 0);
}

TEST_CASE("a single NaN makes every figure NaN, whatever follows it") {
  const Tensor a(Shape{1, 2, 2}, std::vector<float>{1, NAN, 3, 4}),
      b(Shape{1, 2, 2}, std::vector<float>{1, 2, 9, 4});
  for (const auto& [x, y] : {std::pair{a, b}, {b, a}, {a, a}}) {
    const Difference d = difference(x, y, false);
    for (const double figure : {d.l2, d.relative_l2, d.linf, d.mean_abs, d.range}) CHECK(std::isnan(figure));
    REQUIRE(d.channels.size() == 2);
    CHECK(std::isnan(d.channels[0].l2));  // first, as the largest
    CHECK_FALSE(std::isnan(d.channels[1].l2));
  }
}

}  // namespace nv
