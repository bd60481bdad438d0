// The square attack: random search with squares on the surface of the ball, by scores only.
#include "nv/analysis/attacks/square.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "nv/analysis/attacks/list.h"
#include "nv/analysis/attacks/pixels.h"

namespace nv::attacks {

namespace {

/// The share of pixels that a square covers at query `i`, halved at fixed queries. AutoAttack does not scale
/// these with the number of queries, which is 10000 in the paper.
double share_at(std::int64_t i, const SquareOptions& o) {
  constexpr std::array<std::int64_t, 9> halvings{10, 50, 200, 500, 1000, 2000, 4000, 6000, 8000};
  const std::int64_t at = o.rescale ? i * 10000 / o.queries : i;
  double share = o.share;
  for (const std::int64_t h : halvings)
    if (at > h) share /= 2;
  return share;
}

/// A square of side `size` with its upper left corner.
struct Square {
  std::int64_t row, column, size;
};

class SquareSearch {
 public:
  explicit SquareSearch(Attempt& a) : a_(a), pixels_(a.layout()), eps_(static_cast<float>(a.eps())) {}

  std::int64_t side(double share) const {
    const auto pixels = static_cast<double>(pixels_.count());
    const auto s = static_cast<std::int64_t>(std::lround(std::sqrt(share * pixels)));
    return std::clamp<std::int64_t>(s, 1, std::min(pixels_.rows(), pixels_.columns()));
  }

  Square random_square(std::int64_t size) {
    return {a_.random().below(pixels_.rows() - size + 1), a_.random().below(pixels_.columns() - size + 1),
            size};
  }

  /// Linf: a random change of +-eps per column and channel.
  Point stripes() {
    Point x = a_.original();
    for (std::int64_t c = 0; c < pixels_.channels(); ++c)
      for (std::int64_t column = 0; column < pixels_.columns(); ++column) {
        const float change = eps_ * a_.random().sign();
        for (std::int64_t row = 0; row < pixels_.rows(); ++row) x[pixels_.at(row, column, c)] += change;
      }
    clip(x, a_.bounds());
    return x;
  }

  /// Linf: moves a random square to one face of the ball, per channel.
  Point recoloured(const Point& from, double share) {
    Point x = from;
    const Square s = random_square(side(share));
    for (std::int64_t c = 0; c < pixels_.channels(); ++c) {
      const float change = 2 * eps_ * a_.random().sign();
      each(s, c, [&](std::size_t i, std::int64_t, std::int64_t) { x[i] += change; });
    }
    project(x, a_.original(), a_.eps(), Norm::linf);
    clip(x, a_.bounds());
    return x;
  }

  /// L2: a grid of bumps, each a fifth of the image wide.
  Point bumps() {
    Point delta(a_.original().size(), 0.0F);
    const std::int64_t size = std::max<std::int64_t>(std::min(pixels_.rows(), pixels_.columns()) / 5, 1);
    const std::int64_t from = std::max<std::int64_t>((pixels_.rows() - 5 * size) / 2, 0);
    for (std::int64_t row = from; row + size <= pixels_.rows(); row += size)
      for (std::int64_t column = from; column + size <= pixels_.columns(); column += size)
        for (std::int64_t c = 0; c < pixels_.channels(); ++c) add_bump(delta, {row, column, size}, c);
    return on_sphere(delta);
  }

  /// L2: moves the change in one random square to another, as a bump.
  Point relocated(const Point& from, double share) {
    Point delta = difference(from, a_.original());
    std::int64_t size = std::max<std::int64_t>(side(share), 3);
    size = std::min(size + (size % 2 == 0 ? 1 : 0), std::min(pixels_.rows(), pixels_.columns()));
    const Square here = random_square(size), there = random_square(size);
    const double left = std::max(a_.eps() * a_.eps() - std::pow(length(delta, Norm::l2), 2), 0.0);
    Point fresh(delta.size(), 0.0F);
    for (std::int64_t c = 0; c < pixels_.channels(); ++c) {
      const double both =
          energy(delta, here, c) + energy(delta, there, c) - shared_energy(delta, here, there, c);
      const double norm = std::sqrt(energy(delta, here, c)) + 1e-12;
      add_bump(fresh, here, c);
      each(here, c, [&](std::size_t i, std::int64_t, std::int64_t) {
        fresh[i] += delta[i] / static_cast<float>(norm);
      });
      const double wanted = std::sqrt(left / static_cast<double>(pixels_.channels()) + both);
      const auto factor = static_cast<float>(wanted / (std::sqrt(energy(fresh, here, c)) + 1e-12));
      each(there, c, [&](std::size_t i, std::int64_t, std::int64_t) { delta[i] = 0; });
      each(here, c, [&](std::size_t i, std::int64_t, std::int64_t) { delta[i] = fresh[i] * factor; });
    }
    return on_sphere(delta);
  }

 private:
  template <typename Body>
  void each(const Square& s, std::int64_t channel, const Body& body) const {
    for (std::int64_t r = 0; r < s.size; ++r)
      for (std::int64_t c = 0; c < s.size; ++c) body(pixels_.at(s.row + r, s.column + c, channel), r, c);
  }

  double energy(Values v, const Square& s, std::int64_t channel) const {
    double sum = 0;
    each(s, channel, [&](std::size_t i, std::int64_t, std::int64_t) {
      sum += static_cast<double>(v[i]) * static_cast<double>(v[i]);
    });
    return sum;
  }

  /// Of the intersection.
  double shared_energy(Values v, const Square& a, const Square& b, std::int64_t channel) const {
    double sum = 0;
    each(a, channel, [&](std::size_t i, std::int64_t r, std::int64_t c) {
      const std::int64_t down = a.row + r - b.row, right = a.column + c - b.column;
      if (down >= 0 && down < b.size && right >= 0 && right < b.size)
        sum += static_cast<double>(v[i]) * static_cast<double>(v[i]);
    });
    return sum;
  }

  /// A pyramid over `rows` x `columns`, highest in the middle: 1 + 1/4 + 1/9 ...
  static float pyramid(std::int64_t rows, std::int64_t columns, std::int64_t row, std::int64_t column) {
    const std::int64_t most = std::max(rows / 2 + 1, columns / 2 + 1);
    const std::int64_t away = std::max(std::abs(row - rows / 2), std::abs(column - columns / 2));
    float sum = 0;
    for (std::int64_t k = away; k < most; ++k) sum += 1.0F / static_cast<float>((k + 1) * (k + 1));
    return sum;
  }

  /// Adds a bump of length 1: a pyramid over one half, a negative one over the other, transposed at random.
  void add_bump(Point& delta, const Square& s, std::int64_t channel) {
    const bool turned = a_.random().bits() >> 63U != 0;
    const float way = a_.random().sign();
    const std::int64_t half = s.size / 2;
    std::vector<std::pair<std::size_t, float>> values;
    double sum = 0;
    each(s, channel, [&](std::size_t i, std::int64_t r, std::int64_t c) {
      if (turned) std::swap(r, c);
      const float v = r < half ? pyramid(half, s.size, r, c) : -pyramid(s.size - half, s.size, r - half, c);
      values.emplace_back(i, v);
      sum += static_cast<double>(v) * static_cast<double>(v);
    });
    for (const auto& [i, v] : values) delta[i] += way * v / static_cast<float>(std::sqrt(sum) + 1e-12);
  }

  Point on_sphere(Point delta) const {
    normalize(delta, Norm::l2);
    Point x = sum(a_.original(), delta, a_.eps());
    clip(x, a_.bounds());
    return x;
  }

  Attempt& a_;
  Pixels pixels_;
  float eps_;
};

std::vector<Parameter> square_parameters(Norm) {
  const SquareOptions d;
  return {whole("queries", static_cast<double>(d.queries), 1, 1e9, "most that it asks"),
          real("p-init", d.share, 0, 1, "share of the pixels that the first squares cover"),
          whole("rescale", 0, 0, 1, "1: squares shrink within the queries; 0: as within 10000 of them")};
}

Task<Point> run_square(Attempt& a) {
  return search_by_squares(a, {a.count("queries"), a.parameter("p-init"), a.parameter("rescale") != 0});
}

}  // namespace

Task<Point> search_by_squares(Attempt& a, SquareOptions options) {
  SquareSearch search(a);
  const bool linf = a.norm() == Norm::linf;
  Point best = linf ? search.stripes() : search.bumps();
  const Answer first = co_await a.query(best);
  if (first.adversarial) co_return best;
  float lead = margin(a, first.logits);
  for (std::int64_t i = 0; i + 1 < options.queries; ++i) {
    const double share = share_at(i, options);
    Point x = linf ? search.recoloured(best, share) : search.relocated(best, share);
    const Answer answer = co_await a.query(x);
    if (answer.adversarial) co_return x;
    const float m = margin(a, answer.logits);
    if (m <= lead) continue;
    lead = m;
    best = std::move(x);
  }
  co_return best;
}

Method square() {
  Method m;
  m.name = "square";
  m.summary = "random squares at the edge of the ball, kept if the scores improve";
  m.reference = "Andriushchenko 2019, arXiv:1912.00049; AutoAttack";
  m.group = Group::score_based;
  m.scope = Scope::fixed_epsilon;
  m.norms = {Norm::linf, Norm::l2};
  m.parameters = square_parameters;
  m.random = true;
  m.gradients = false;
  m.run = run_square;
  return m;
}

}  // namespace nv::attacks
