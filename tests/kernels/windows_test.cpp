#include "nv/kernels/windows.h"

#include <doctest/doctest.h>

#include <set>
#include <utility>

namespace nv::test {

namespace {

using Pairs = std::set<std::pair<std::int64_t, std::int64_t>>;

Pairs pairs(const TapRange& m) {
  Pairs result;
  for (std::int64_t i = 0; i < m.count; ++i) result.emplace(m.tap + i * m.tap_step, m.at + i * m.at_step);
  return result;
}

}  // namespace

TEST_CASE("taps are all pairs of the definition, for any stride, dilation, kernel and padding") {
  for (const std::int64_t in : {1, 2, 7, 12})
    for (const std::int64_t kernel : {1, 2, 3, 5})
      for (const std::int64_t stride : {1, 2, 3, 4, 20})
        for (const std::int64_t dilation : {1, 2, 3, 4})
          for (const std::int64_t before : {0, 1, 4})
            for (const std::int64_t out : {1, 3, 8}) {
              WindowSizes w{{1, 1, in}, {1, 1, out}, {1, 1, kernel}};
              w.stride[2] = stride;
              w.dilation[2] = dilation;
              w.before[2] = before;
              std::vector<Pairs> by_output(static_cast<std::size_t>(out)),
                  by_input(static_cast<std::size_t>(in));
              for (std::int64_t o = 0; o < out; ++o)
                for (std::int64_t k = 0; k < kernel; ++k)
                  if (const std::int64_t i = o * stride - before + k * dilation; i >= 0 && i < in) {
                    by_output[static_cast<std::size_t>(o)].emplace(k, i);
                    by_input[static_cast<std::size_t>(i)].emplace(k, o);
                  }
              bool right = true;
              for (std::int64_t o = 0; o < out; ++o)
                right = right && pairs(taps_of_output(w, 2, o)) == by_output[static_cast<std::size_t>(o)];
              for (std::int64_t i = 0; i < in; ++i)
                right = right && pairs(taps_of_input(w, 2, i)) == by_input[static_cast<std::size_t>(i)];
              CAPTURE(in);
              CAPTURE(kernel);
              CAPTURE(stride);
              CAPTURE(dilation);
              CAPTURE(before);
              CHECK(right);
            }
}

TEST_CASE("a window of extreme size takes no time") {
  WindowSizes w{{1, 1, 8}, {1, 1, 1}, {1, 1, std::int64_t{1} << 31}};
  w.stride[2] = std::int64_t{1} << 31;
  w.before[2] = (std::int64_t{1} << 30) - 4;
  CHECK(taps_of_output(w, 2, 0).count == 8);
  CHECK(taps_of_input(w, 2, 7).count == 1);
}

}  // namespace nv::test
