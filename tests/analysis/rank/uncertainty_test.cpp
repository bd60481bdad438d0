// Metrics of uncertainty, on distributions whose values are known.
#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <set>
#include <vector>

#include "analysis/attacks/support.h"
#include "nv/analysis/rank/ranking.h"
#include "nv/core/error.h"

namespace nv::rank {

namespace {

/// Scores of distributions over three classes, one per row.
std::vector<double> scores(const char* metric, const std::vector<float>& probabilities) {
  static Engine engine = test::lenet();
  const Setup setup{engine, {}};
  const Trace none;
  ThreadPool pool(1);
  const auto rows = static_cast<std::int64_t>(probabilities.size() / 3);
  const Pass pass{none, rows, Tensor(Shape{rows, 3}, probabilities), {}, pool};
  std::vector<double> values(static_cast<std::size_t>(rows));
  parse_metrics(metric)[0]->make(setup)->score(pass, values);
  return values;
}

}  // namespace

TEST_CASE("rank: uncertainty of a certain, a uniform and a mixed distribution") {
  const float third = 1.0F / 3;
  const std::vector<float> p{1, 0, 0, third, third, third, 0.25F, 0.5F, 0.25F};
  const auto check = [&](const char* metric, double certain, double uniform, double mixed) {
    CAPTURE(metric);
    const std::vector<double> s = scores(metric, p);
    CHECK(s[0] == doctest::Approx(certain));
    CHECK(s[1] == doctest::Approx(uniform).epsilon(1e-6));
    CHECK(s[2] == doctest::Approx(mixed));
  };
  check("gini", 0, 2.0 / 3, 1 - 0.375);
  check("entropy", 0, std::log2(3.0), 1.5);
  check("margin", 1, 0, 0.25);
  check("least-confidence", 0, 2.0 / 3, 0.5);
}

TEST_CASE("rank: every metric of uncertainty is NaN if a probability is") {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  for (const Metric& m : metrics())
    if (m.group == Group::uncertainty) {
      CAPTURE(m.name);
      CHECK(std::isnan(scores(std::string(m.name).c_str(), {0.5F, nan, 0.5F})[0]));
    }
}

TEST_CASE("rank: metrics have different names, and an unknown or repeated one is refused") {
  std::set<std::string_view> names;
  for (const Metric& m : metrics()) {
    CHECK(names.insert(m.name).second);
    CHECK(m.summary.size() > 5);
    CHECK(m.reference.size() > 5);
    CHECK(group_name(m.group).size() > 5);
  }
  CHECK(parse_metrics("margin, gini").size() == 2);
  CHECK_THROWS_WITH_AS(parse_metrics("gini,ginny"), doctest::Contains("no metric 'ginny'"), Error);
  CHECK_THROWS_WITH_AS(parse_metrics("gini,gini"), doctest::Contains("given twice"), Error);
}

TEST_CASE("rank: probabilities of logits and of a single unit") {
  Engine engine = test::lenet();
  std::vector<OutputKind> outputs = output_kinds(engine.model(), engine.structure());
  const Tensor logits(Shape{1, 10}, std::vector<float>{2, 2, 0, 0, 0, 0, 0, 0, 0, 0});
  CHECK(ClassProbabilities({engine, outputs}).of(logits)[0] == 2);  // the model ends in softmax
  outputs[0].activation = "linear";
  const ClassProbabilities softmax({engine, outputs});
  const double e = std::exp(2.0);
  CHECK(softmax.of(logits)[0] == doctest::Approx(e / (2 * e + 8)).epsilon(1e-6));
  CHECK(softmax.note().find("softmax") != std::string::npos);
  outputs[0].activation = "sigmoid";
  CHECK_THROWS_WITH_AS(ClassProbabilities({engine, outputs}), doctest::Contains("several units"), Error);
  outputs[0].classifies = false;
  CHECK_THROWS_WITH_AS(ClassProbabilities({engine, outputs}), doctest::Contains("no output is a vector"),
                       Error);
}

}  // namespace nv::rank
