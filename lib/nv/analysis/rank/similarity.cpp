// Distances from the activations of one input, the query of nv rank --to.
#include <algorithm>
#include <cmath>

#include "nv/analysis/rank/distance.h"
#include "nv/analysis/rank/list.h"

namespace nv::rank {

namespace {

class QueryScorer final : public LayerScorer {
 public:
  using Function = double (*)(std::span<const float> a, std::span<const float> b);

  QueryScorer(const Setup& setup, Function function)
      : LayerScorer(setup), query_(setup.query), function_(function) {}
  void score(const Pass& pass, std::span<double> scores) override {
    score_each(pass, scores, [&](std::int64_t i) { return function_(query_, values(pass, i)); });
  }

 private:
  std::vector<float> query_;
  Function function_;
};

double l2_distance(std::span<const float> a, std::span<const float> b) {
  double squares = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const double difference = static_cast<double>(a[i]) - static_cast<double>(b[i]);
    squares += difference * difference;
  }
  return std::sqrt(squares);
}

/// 1 - cosine; 1 if either is 0, as scikit-learn.
double cosine_distance(std::span<const float> a, std::span<const float> b) {
  double product = 0, squares_a = 0, squares_b = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const auto x = static_cast<double>(a[i]), y = static_cast<double>(b[i]);
    product += x * y;
    squares_a += x * x;
    squares_b += y * y;
  }
  if (squares_a == 0 || squares_b == 0) return 1;
  return std::max(0.0, 1 - product / std::sqrt(squares_a * squares_b));
}

Metric similarity(std::string_view name, std::string_view summary, QueryScorer::Function function) {
  return {.name = name,
          .summary = summary,
          .reference = "used by nearest-neighbour search",
          .group = Group::similarity,
          .lowest_first = true,
          .make = [function](const Setup& setup) { return std::make_unique<QueryScorer>(setup, function); }};
}

}  // namespace

Metric cosine() {
  return similarity("cosine", "1 - cosine of the angle to the input of --to, low first", cosine_distance);
}
Metric l2() {
  return similarity("l2", "Euclidean distance from the input of --to, low first", l2_distance);
}

}  // namespace nv::rank
