// Max-sensitivity: the largest relative change of the map for noise on the input.
#include <algorithm>
#include <cmath>

#include "nv/analysis/explain/judge/controls.h"
#include "nv/analysis/explain/judge/list.h"
#include "nv/analysis/explain/judge/maps.h"
#include "nv/analysis/explain/versions.h"
#include "nv/core/random.h"

namespace nv::explain::judge {

namespace {

constexpr float noise_bound = 0.2F;

std::optional<Score> run_max_sensitivity(const Case& c) {
  if (&c.method == &random_map()) return std::nullopt;  // does not read the input, so it would be the best
  double norm = 0;
  for (const float v : c.map) norm += static_cast<double>(v) * static_cast<double>(v);
  if (!(norm > 0)) return std::nullopt;
  double largest = 0;
  const auto noisy = [&](std::int64_t k) {
    Random random({c.options.seed, c.task.ids[0], static_cast<std::uint64_t>(k)});
    std::vector<Tensor> version = c.task.item(0);
    Tensor x = c.x.clone();
    for (float& v : x.values()) v += random.uniform(-noise_bound, noise_bound);
    version[c.features.input] = std::move(x);
    return version;
  };
  each_version(c.task, 0, c.options.samples, noisy, [&](const Task& versions) {
    for (const Explanation& e : run_method(c.method, versions)) {
      const std::vector<float> map = flat_map(e, c.features);
      double distance = 0;
      for (std::size_t k = 0; k < map.size(); ++k) {
        const double d = static_cast<double>(c.map[k]) - static_cast<double>(map[k]);
        distance += d * d;
      }
      largest = std::max(largest, std::sqrt(distance / norm));
    }
  });
  return Score{largest};
}

}  // namespace

Measure max_sensitivity() {
  Measure m;
  m.name = "max-sensitivity";
  m.summary = "largest relative change of the map among 200 inputs with uniform noise of up to 0.2";
  m.reference = "Yeh 2019, arXiv:1901.09392; Quantus MaxSensitivity";
  m.random = true;
  m.run = run_max_sensitivity;
  return m;
}

}  // namespace nv::explain::judge
