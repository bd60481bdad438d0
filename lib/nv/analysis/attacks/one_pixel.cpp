// A few pixels of any colour, found by differential evolution.
#include <algorithm>
#include <cmath>

#include "nv/analysis/attacks/list.h"
#include "nv/analysis/attacks/pixels.h"

namespace nv::attacks {

namespace {

/// Per changed pixel: row, column and a value per channel, as shares of 0..1, which may be exceeded.
using Genome = std::vector<float>;

std::vector<Parameter> one_pixel_parameters(Norm) {
  return {whole("pixels", 1, 1, 1000, "how many to change"),
          whole("population", 400, 4, 1e6, "candidates a generation"),
          whole("generations", 75, 1, 1e6, "rounds of evolution"),
          real("difference", 0.5, 0, 2, "F: weight of the difference of two candidates")};
}

class Evolution {
 public:
  explicit Evolution(Attempt& a)
      : a_(a), pixels_(a.layout()), genes_(static_cast<std::size_t>(2 + pixels_.channels())) {}

  /// Uniform positions, normally distributed colours around the middle (Su 2017).
  Genome random() const {
    Genome g(genes_ * static_cast<std::size_t>(a_.count("pixels")));
    for (std::size_t i = 0; i < g.size(); ++i)
      g[i] = i % genes_ < 2 ? a_.random().uniform(0, 1) : 0.5F + a_.random().normal() * 0.5F;
    return g;
  }

  Point apply(const Genome& g) const {
    Point x = a_.original();
    for (std::size_t p = 0; p < g.size(); p += genes_) {
      const std::int64_t row = place(g[p], pixels_.rows()), column = place(g[p + 1], pixels_.columns());
      for (std::int64_t c = 0; c < pixels_.channels(); ++c)
        x[pixels_.at(row, column, c)] =
            a_.bounds().clamp(a_.bounds().low + g[p + 2 + static_cast<std::size_t>(c)] * a_.bounds().range());
    }
    return x;
  }

  /// One parent plus a share of the difference of two others.
  Genome child(const std::vector<Genome>& parents, float share) const {
    const auto any = [&]() -> const Genome& {
      return parents[static_cast<std::size_t>(a_.random().below(static_cast<std::int64_t>(parents.size())))];
    };
    const Genome &one = any(), &two = any(), &three = any();
    Genome g(one.size());
    for (std::size_t i = 0; i < g.size(); ++i) g[i] = one[i] + share * (two[i] - three[i]);
    return g;
  }

 private:
  static std::int64_t place(float share, std::int64_t count) {
    return std::clamp(static_cast<std::int64_t>(std::floor(share * static_cast<float>(count))),
                      std::int64_t{0}, count - 1);
  }

  Attempt& a_;
  Pixels pixels_;
  std::size_t genes_;
};

Task<Point> run_one_pixel(Attempt& a) {
  const Evolution evolution(a);
  const auto share = static_cast<float>(a.parameter("difference"));
  std::vector<Genome> population(static_cast<std::size_t>(a.count("population")));
  std::vector<float> fitness(population.size());
  for (std::int64_t generation = 0; generation <= a.count("generations"); ++generation) {
    const std::vector<Genome> parents = population;
    for (std::size_t i = 0; i < population.size(); ++i) {
      Genome g = generation == 0 ? evolution.random() : evolution.child(parents, share);
      const Point x = evolution.apply(g);
      const Answer answer = co_await a.query(x);
      if (answer.adversarial) co_return x;
      const float fit = margin(a, answer.logits);
      if (generation > 0 && fit <= fitness[i]) continue;
      population[i] = std::move(g);
      fitness[i] = fit;
    }
  }
  const auto best = std::ranges::max_element(fitness) - fitness.begin();
  co_return evolution.apply(population[static_cast<std::size_t>(best)]);
}

}  // namespace

Method one_pixel() {
  Method m;
  m.name = "one-pixel";
  m.summary = "changes one or a few pixels, found by differential evolution";
  m.reference = "Su 2017, arXiv:1710.08864; fitness is the lead of the best other logit";
  m.group = Group::score_based;
  m.scope = Scope::minimum_norm;
  m.norms = {Norm::l0};
  m.parameters = one_pixel_parameters;
  m.random = true;
  m.gradients = false;
  m.run = run_one_pixel;
  return m;
}

}  // namespace nv::attacks
