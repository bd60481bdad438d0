#include "nv/analysis/explain/judge/maps.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "nv/analysis/statistics.h"

namespace nv::explain::judge {

Features features_of(const Task& task) {
  const Model& model = task.engine.model();
  Features f;
  for (std::size_t p = 0; p < task.inputs.size() && !f.image; ++p)
    if (task.inputs[p].shape().rank() == 4) {
      f.input = p;
      f.image = true;
    }
  const Shape shape = task.inputs[f.input].shape().item();
  if (!f.image) {
    f.width = shape.elements();
    return f;
  }
  f.channels_first = task.engine.structure()
                         .nodes[static_cast<std::size_t>(model.inputs[f.input].value.node)]
                         .channels_first;
  f.height = shape[f.channels_first ? 1 : 0];
  f.width = shape[f.channels_first ? 2 : 1];
  f.channels = shape[f.channels_first ? 0 : 2];
  return f;
}

std::vector<float> flat_map(const Explanation& explanation, const Features& features) {
  if (explanation.maps.empty()) return {};
  std::size_t at = explanation.maps.size() > features.input ? features.input : 0;
  if (!explanation.ports.empty()) {
    const auto found = std::ranges::find(explanation.ports, features.input);
    if (found == explanation.ports.end()) return {};
    at = static_cast<std::size_t>(found - explanation.ports.begin());
  }
  const Tensor& map = explanation.maps[at];
  std::vector<float> flat(static_cast<std::size_t>(map.size()));
  const bool per_feature = map.size() == features.count();
  for (std::int64_t k = 0; k < map.size(); ++k)
    flat[static_cast<std::size_t>(k)] = map[per_feature ? features.place(k) : k];
  return flat;
}

std::vector<double> scaled_to_one(const std::vector<float>& map) {
  const auto most = static_cast<double>(largest_magnitude(map));
  std::vector<double> scaled(map.begin(), map.end());
  if (most != 0)
    for (double& v : scaled) v /= most;
  return scaled;
}

std::vector<double> magnitudes(const std::vector<float>& map) {
  std::vector<double> scaled = scaled_to_one(map);
  for (double& v : scaled) v = std::abs(v);
  return scaled;
}

namespace {

std::vector<double> mean_ranks(const std::vector<float>& values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, {}, [&](std::size_t i) { return values[i]; });
  std::vector<double> ranks(values.size());
  for (std::size_t i = 0; i < order.size();) {
    std::size_t end = i;
    while (end < order.size() && values[order[end]] == values[order[i]]) ++end;
    for (std::size_t k = i; k < end; ++k) ranks[order[k]] = static_cast<double>(i + end - 1) / 2;
    i = end;
  }
  return ranks;
}

}  // namespace

std::optional<double> rank_correlation(const std::vector<float>& a, const std::vector<float>& b) {
  if (a.size() != b.size() || a.empty()) return std::nullopt;
  for (const std::vector<float>* values : {&a, &b})
    if (std::ranges::any_of(*values, [](float v) { return std::isnan(v); })) return std::nullopt;
  const std::vector<double> x = mean_ranks(a), y = mean_ranks(b);
  const double middle = static_cast<double>(a.size() - 1) / 2;
  double xx = 0, yy = 0, xy = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    xx += (x[i] - middle) * (x[i] - middle);
    yy += (y[i] - middle) * (y[i] - middle);
    xy += (x[i] - middle) * (y[i] - middle);
  }
  if (!(xx > 0) || !(yy > 0)) return std::nullopt;
  return xy / std::sqrt(xx * yy);
}

}  // namespace nv::explain::judge
