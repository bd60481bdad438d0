// Criteria of coverage, on activations for which they are known, and the order of inputs that add most.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "analysis/rank/support.h"
#include "nv/analysis/rank/cover.h"
#include "nv/core/error.h"

namespace nv::rank {

using test::fc2_rows;

namespace {

/// Ranges 0 to `max`, deviation 1, of every unit.
void set_ranges(test::RankBench& bench, float max) {
  const auto units = static_cast<std::size_t>(test::fc2_units);
  bench.profile->ranges = {
      {"fc2", std::vector<float>(units, 0), std::vector<float>(units, max), std::vector<float>(units, 1)}};
}

}  // namespace

TEST_CASE("rank: nc counts units above 0.25 after scaling to the layer's range") {
  const test::RankBench bench;
  CHECK(
      bench.scores("nc", fc2_rows({{4, 1, 2}, {-4}, {0}}), {0, 0, 0}) ==
      std::vector<double>{2, test::fc2_units - 1, 0});  // 1 is exactly 0.25; in the second, 0 is scaled to 1
}

TEST_CASE("rank: nc decides values at the threshold as dividing does") {
  const test::RankBench bench;
  std::mt19937 random(11);
  for (int round = 0; round < 200; ++round) {
    const float low = std::ldexp(-static_cast<float>(random() % 1000), static_cast<int>(random() % 20) - 10),
                high =
                    std::ldexp(static_cast<float>(1 + random() % 1000), static_cast<int>(random() % 20) - 10);
    std::vector<float> row{low, high};
    float near = low + 0.25F * (high - low);
    for (int i = 0; i < 20; ++i) near = std::nextafter(near, low);
    while (row.size() < static_cast<std::size_t>(test::fc2_units))
      row.push_back(near = std::nextafter(near, high));
    const auto above = std::ranges::count_if(row, [&](float x) { return (x - low) / (high - low) > 0.25F; });
    CHECK(bench.scores("nc", fc2_rows({row}), {0})[0] == above);
  }
}

TEST_CASE("rank: kmnc counts units within their range, and covers their sections") {
  test::RankBench bench;
  set_ranges(bench, 10);
  Setup setup = bench.setup();
  setup.settings.kmnc_sections = 5;
  const auto scorer = parse_metrics("kmnc")[0]->make(setup);
  // 10 is the end of the range, which is outside of the last section.
  CHECK(bench.scores(*scorer, fc2_rows({{10, -1, 11}, {0}, {3.9F}}), {0, 0, 0}) ==
        std::vector<double>{test::fc2_units - 3, test::fc2_units, test::fc2_units});
  CHECK(*scorer->coverage() == doctest::Approx((test::fc2_units + 1) / (5.0 * test::fc2_units)));
}

TEST_CASE("rank: nbc counts both ends of the range, snac the upper one") {
  test::RankBench bench;
  set_ranges(bench, 10);
  const Tensor rows = fc2_rows({{10, 11, 5}});
  CHECK(bench.scores("snac", rows, {0}) == std::vector<double>{2});
  CHECK(bench.scores("nbc", rows, {0}) == std::vector<double>{2 + (test::fc2_units - 3)});
  Setup setup = bench.setup();
  setup.settings.boundary = 1;  // from below -1 to above 11
  CHECK(bench.scores(*parse_metrics("nbc")[0]->make(setup), rows, {0}) == std::vector<double>{1});
}

TEST_CASE("rank: tknc counts the 3 largest units, of equal ones the last") {
  const test::RankBench bench;
  const Setup setup = bench.setup();
  const auto scorer = parse_metrics("tknc")[0]->make(setup);
  CHECK(bench.scores(*scorer, fc2_rows({{9, 8, 7}, {1}}), {0, 0}) == std::vector<double>{3, 3});
  CHECK(*scorer->coverage() == doctest::Approx(5.0 / test::fc2_units));  // 0, 1, 2; 0 again, 82 and 83
}

TEST_CASE("rank: coverage needs the layer in the profile") {
  const test::RankBench bench;
  CHECK_THROWS_WITH_AS(bench.scores("kmnc", fc2_rows({{1}}), {0}), doctest::Contains("is not in the profile"),
                       Error);
}

TEST_CASE("rank: cam takes what adds most, then the others by their number of sections") {
  const test::RankBench bench;
  const Setup setup = bench.setup();
  // Covered: {0, 1}, {0, 1, 2}, {3}, {2}.
  const Tensor rows = fc2_rows({{9, 9}, {9, 9, 9}, {0, 0, 0, 9}, {0, 0, 9}});
  for (const int threads : {1, 3}) {
    const auto scorer = parse_metrics("nc-cam")[0]->make(setup);
    std::vector<double> scores = bench.scores(*scorer, rows, {0, 0, 0, 0}, threads);
    CHECK(scorer->finish(scores) == std::vector<std::size_t>{1, 2, 0, 3});
    CHECK(scores == std::vector<double>{0, 3, 1, 0});
  }
}

TEST_CASE("rank: rings of sections know what each input would add") {
  std::mt19937 random(5);
  constexpr std::size_t inputs = 30, units = 40, sections = 6;
  std::vector<std::uint16_t> of(inputs * units);
  for (std::uint16_t& s : of) {
    s = static_cast<std::uint16_t>(random() % (sections + 1));
    if (s == sections) s = SectionRings::none;
  }
  SectionRings rings(of, units, sections);
  std::vector<bool> covered(units * sections, false);
  for (const std::size_t taken : {3U, 17U, 3U, 0U, 29U}) {
    for (std::size_t i = 0; i < inputs; ++i) {
      std::int64_t gain = 0;
      for (std::size_t u = 0; u < units; ++u)
        if (const std::uint16_t s = of[i * units + u]; s != SectionRings::none && !covered[u * sections + s])
          ++gain;
      CHECK(rings.gain(i) == gain);
    }
    rings.take(taken);
    for (std::size_t u = 0; u < units; ++u)
      if (const std::uint16_t s = of[taken * units + u]; s != SectionRings::none)
        covered[u * sections + s] = true;
    CHECK(rings.gain(taken) == 0);
  }
}

TEST_CASE("rank: the lazy greedy order is that of computing every gain again") {
  std::mt19937 random(7);
  constexpr std::int64_t sections = 300;
  std::vector<BitSet> own(40, BitSet(sections));
  for (BitSet& set : own)
    for (int i = 0; i < 60; ++i) set.set(static_cast<std::int64_t>(random() % sections));
  const auto gain = [&](std::size_t i, const BitSet& covered) {
    std::int64_t sum = 0;
    for (std::int64_t s = 0; s < sections; ++s) sum += own[i].test(s) && !covered.test(s) ? 1 : 0;
    return sum;
  };
  BitSet covered(sections);
  const std::vector<ChosenInput> lazy = greedy_order(
      own.size(), [&](std::size_t i) { return gain(i, covered); },
      [&](std::size_t i) { covered.join(own[i]); });
  BitSet plain(sections);
  for (const ChosenInput& taken : lazy) {
    std::vector<std::int64_t> gains;
    for (std::size_t i = 0; i < own.size(); ++i) gains.push_back(gain(i, plain));
    const auto best = std::ranges::max_element(gains);
    CHECK(static_cast<std::ptrdiff_t>(taken.input) == best - gains.begin());
    CHECK(taken.gain == *best);
    plain.join(own[taken.input]);
  }
  CHECK(plain.count() == covered.count());
  CHECK(lazy.size() > 5);
}

}  // namespace nv::rank
