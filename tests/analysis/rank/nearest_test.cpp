// The nearest rows are those that comparing all of them gives.
#include "nv/analysis/rank/nearest.h"

#include <doctest/doctest.h>

#include <random>

namespace nv::rank {

namespace {

Tensor random_rows(std::int64_t count, std::int64_t units, float offset, std::mt19937& random) {
  std::normal_distribution<float> normal(offset, 1);
  Tensor rows(Shape{count, units});
  for (float& v : rows.values()) v = normal(random);
  return rows;
}

}  // namespace

TEST_CASE("rank: nearest rows, also far from 0, where products in float32 are not precise enough") {
  std::mt19937 random(3);
  for (const float offset : {0.0F, 1000.0F}) {
    const std::int64_t units = 20;
    const Tensor rows = random_rows(5000, units, offset, random),
                 queries = random_rows(150, units, offset, random);
    ThreadPool one(1), three(3);
    const std::vector<Neighbour> found = NearestRows(rows, one).nearest(queries, one),
                                 again = NearestRows(rows, three).nearest(queries, three);
    for (std::int64_t q = 0; q < 150; ++q) {
      Neighbour best{-1, 1e300};
      for (std::int64_t r = 0; r < 5000; ++r) {
        double squared = 0;
        for (std::int64_t u = 0; u < units; ++u) {
          const double d =
              static_cast<double>(queries[q * units + u]) - static_cast<double>(rows[r * units + u]);
          squared += d * d;
        }
        if (squared < best.squared) best = {r, squared};
      }
      const auto i = static_cast<std::size_t>(q);
      CHECK(found[i].row == best.row);
      CHECK(found[i].squared == best.squared);
      CHECK(again[i].row == best.row);
    }
  }
}

TEST_CASE("rank: the nearest rows come in the order of their distances, at most all of them") {
  ThreadPool pool(1);
  const Tensor rows(Shape{4, 1}, std::vector<float>{3, 1, 7, 1});
  const NearestRows search(rows, pool);
  const Tensor query(Shape{1, 1}, std::vector<float>{2.5F});
  const std::vector<Neighbour> three = search.nearest(query, 3, pool)[0];
  REQUIRE(three.size() == 3);
  CHECK(three[0].row == 0);
  CHECK(three[1].row == 1);
  CHECK(three[2].row == 3);
  CHECK(three[2].squared == 2.25);
  CHECK(search.nearest(query, 9, pool)[0].size() == 4);
}

TEST_CASE("rank: of equal rows the first is nearest, at distance 0") {
  ThreadPool pool(1);
  const Tensor rows(Shape{3, 2}, std::vector<float>{5, 5, 1, 2, 1, 2});
  const std::vector<Neighbour> found =
      NearestRows(rows, pool).nearest(Tensor(Shape{1, 2}, std::vector<float>{1, 2}), pool);
  CHECK(found[0].row == 1);
  CHECK(found[0].squared == 0);
}

}  // namespace nv::rank
