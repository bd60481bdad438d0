// A pass through a trained model whose activations are set by the test.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "analysis/attacks/support.h"
#include "nv/analysis/rank/metric.h"
#include "nv/analysis/rank/profile_maker.h"
#include "nv/model/select.h"

namespace nv::test {

inline constexpr std::int64_t fc2_units = 84;

/// Rows of `fc2_units` numbers, the first ones as given, the others 0.
inline Tensor fc2_rows(const std::vector<std::vector<float>>& rows) {
  Tensor values(Shape{std::ssize(rows), fc2_units}, 0.0F);
  for (std::size_t i = 0; i < rows.size(); ++i)
    std::copy(rows[i].begin(), rows[i].end(), values.data() + static_cast<std::int64_t>(i) * fc2_units);
  return values;
}

/// The model with settings of its layer fc2, and passes with activations of it.
class RankBench {
 public:
  RankBench() : engine(lenet()), outputs(output_kinds(engine.model(), engine.structure())) {
    node = select_layer(engine.model(), "fc2");
    profile->file = "profile.npz";
  }

  rank::Setup setup() const {
    rank::Setup setup{engine, outputs};
    setup.layers.assign(engine.model().nodes.size(), false);
    setup.layers[node] = true;
    setup.layer = node;
    setup.profile = profile;
    return setup;
  }

  /// Scores of inputs with these activations of fc2 and predicted classes.
  std::vector<double> scores(rank::Scorer& scorer, const Tensor& rows,
                             const std::vector<std::int64_t>& classes, int threads = 1) const {
    Trace trace;
    trace.outputs.resize(engine.model().nodes.size());
    trace.outputs[node] = rows;
    ThreadPool pool(threads);
    const std::vector<std::optional<std::int64_t>> predicted(classes.begin(), classes.end());
    std::vector<double> scores(static_cast<std::size_t>(rows.shape()[0]));
    scorer.score({trace, rows.shape()[0], {}, predicted, pool}, scores);
    return scores;
  }
  std::vector<double> scores(const char* metric, const Tensor& rows,
                             const std::vector<std::int64_t>& classes) const {
    return scores(*rank::parse_metrics(metric)[0]->make(setup()), rows, classes);
  }

  Engine engine;
  std::vector<OutputKind> outputs;
  std::size_t node = 0;
  std::shared_ptr<rank::Profile> profile = std::make_shared<rank::Profile>();
};

}  // namespace nv::test
