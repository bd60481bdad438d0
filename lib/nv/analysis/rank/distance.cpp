#include "nv/analysis/rank/distance.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "nv/core/error.h"
#include "nv/core/finite.h"

namespace nv::rank {

LayerScorer::LayerScorer(const Setup& setup) {
  if (!setup.layer)
    throw Error(
        ErrorKind::usage,
        fmt::format("{}: the model has no hidden layer before its classes", setup.engine.model().file),
        "--layer LAYER chooses one");
  std::vector<bool> one(setup.engine.model().nodes.size(), false);
  one[*setup.layer] = true;
  layer_ = units_of(setup.engine, one).layers[0];
}

bool LayerScorer::is_finite(const Pass& pass, std::int64_t item) const {
  return all_finite(values(pass, item));
}

void LayerScorer::score_each(const Pass& pass, std::span<double> scores,
                             const std::function<double(std::int64_t item)>& score) const {
  pass.pool.for_each(pass.inputs, [&](std::int64_t i) {
    scores[static_cast<std::size_t>(i)] =
        is_finite(pass, i) ? score(i) : std::numeric_limits<double>::quiet_NaN();
  });
}

}  // namespace nv::rank
