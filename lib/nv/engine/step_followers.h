// The followers of a step of the plan, computed from the rows of its first layer.
#pragma once

#include <cstdint>
#include <vector>

#include "nv/core/tensor.h"
#include "nv/engine/plan.h"
#include "nv/layers/layer.h"
#include "nv/layers/structure.h"
#include "nv/model/model.h"

namespace nv {

/// Computes the followers of a step from the rows of its first layer.
class StepFollowers final : public Followers {
 public:
  /// With `streams`, kept values that no other layer needs are written past the caches.
  StepFollowers(const Model& model, const Structure& structure, const ExecutionPlan& plan,
                const PlanStep& step, bool streams, std::vector<Tensor>& outputs)
      : model_(model),
        structure_(structure),
        plan_(plan),
        step_(step),
        streams_(streams),
        outputs_(outputs) {}

  void begin(const Tensor& output) override;
  void finished(std::int64_t first, std::int64_t count) override;

 private:
  struct Work {
    const Layer* layer;
    std::vector<const float*> inputs;
    float* output;
    const float* kept_from;  ///< values to copy to `kept_to` before they are overwritten, or null
    float* kept_to = nullptr;
  };

  void compute(std::int64_t first, std::int64_t count) const;

  const Model& model_;
  const Structure& structure_;
  const ExecutionPlan& plan_;
  const PlanStep& step_;
  bool streams_;
  std::vector<Tensor>& outputs_;
  std::int64_t channels_ = 1;
  std::vector<Work> work_;
};

}  // namespace nv
