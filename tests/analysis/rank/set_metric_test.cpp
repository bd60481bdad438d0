// Metrics of a set of inputs.
#include "nv/analysis/rank/set_metric.h"

#include <doctest/doctest.h>

#include "analysis/rank/support.h"
#include "nv/analysis/rank/covariance_sums.h"

namespace nv::rank {

namespace {

double nlc_of(const test::RankBench& bench, const Tensor& rows, const std::vector<std::int64_t>& batches) {
  const auto measure = nlc().make(bench.setup());
  ThreadPool pool(2);
  std::int64_t first = 0;
  for (const std::int64_t count : batches) {
    Trace trace;
    trace.outputs.resize(bench.engine.model().nodes.size());
    trace.outputs[bench.node] = rows.items(first, count);
    measure->add({trace, count, {}, {}, pool});
    first += count;
  }
  return measure->value();
}

}  // namespace

TEST_CASE("rank: nlc adds up the absolute covariances of a layer") {
  const test::RankBench bench;
  // Units 0 and 1: variances 1 and 4, covariance -2.
  const Tensor rows = test::fc2_rows({{1, -2, 3}, {-1, 2, 3}});
  CHECK(nlc_of(bench, rows, {2}) == doctest::Approx(1 + 4 + 2 + 2));
  CHECK(nlc_of(bench, rows, {1, 1}) == nlc_of(bench, rows, {2}));
  CHECK(nlc_of(bench, rows, {1}) == 0);
}

TEST_CASE("rank: nlc takes the mean of each channel of a map") {
  test::RankBench bench;
  bench.node = select_layer(bench.engine.model(), "pool2");  // 5 x 5 x 16
  Tensor maps(Shape{2, 5, 5, 16}, 0.0F);
  for (std::int64_t p = 0; p < 25; ++p)
    maps[p * 16 + 3] = static_cast<float>(p);  // mean 12 in the first input
  CHECK(nlc_of(bench, maps, {2}) == doctest::Approx(36));
}

TEST_CASE("rank: covariance far from 0 keeps its precision") {
  CovarianceSums sums(2);
  for (int i = 0; i < 1000; ++i) sums.add(std::vector<double>{1e8 + (i % 2), 1e8 - 2 * (i % 2)});
  CHECK(sums.mean()[0] == doctest::Approx(1e8 + 0.5));
  CHECK(sums.covariance()[0] == doctest::Approx(0.25));
  CHECK(sums.covariance()[1] == doctest::Approx(-0.5));
  CHECK(sums.covariance()[3] == doctest::Approx(1));
}

}  // namespace nv::rank
