// Deletion: how fast the class is lost if the most important pixels go first.
#include "nv/analysis/explain/judge/curves.h"
#include "nv/analysis/explain/judge/list.h"

namespace nv::explain::judge {

namespace {

std::optional<Score> run_deletion(const Case& c) {
  return replaced_by_importance(c, c.x, c.task.baselines[0][c.features.input]);
}

}  // namespace

Measure deletion() {
  Measure m;
  m.name = "deletion";
  m.summary = "area below the probability while pixels become the baseline, the most important first";
  m.reference = "Petsiuk 2018, arXiv:1806.07421";
  m.has_curve = true;
  m.run = run_deletion;
  return m;
}

}  // namespace nv::explain::judge
