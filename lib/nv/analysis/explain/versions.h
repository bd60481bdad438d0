// Evaluates many versions of the explained inputs (interpolated, noisy, masked), several in one pass.
#pragma once

#include <functional>

#include "nv/analysis/explain/method.h"

namespace nv::explain {

/// Makes version `k` of an item: one tensor per model input, no batch axis.
using MakeVersion = std::function<std::vector<Tensor>(std::int64_t k)>;

/// The scalar of `count` versions of item `i` of the task.
std::vector<double> version_values(const Task& task, std::size_t i, std::int64_t count,
                                   const MakeVersion& make);

/// Calls `use` with tasks of several versions of item `i`, first to last, which have the item's row, id and
/// baseline.
void each_version(const Task& task, std::size_t i, std::int64_t count, const MakeVersion& make,
                  const std::function<void(const Task& versions)>& use);

/// The gradients of the scalar to the model's inputs, batch first, by `rule` (empty: the vjp).
std::vector<Tensor> input_gradients(const Task& task, const BackwardRule& rule = {});

/// explain(i) of each item of the task.
template <typename Explain>
std::vector<Explanation> each_item(const Task& task, const Explain& explain) {
  std::vector<Explanation> explanations;
  for (std::size_t i = 0; i < task.size(); ++i) explanations.push_back(explain(i));
  return explanations;
}

/// The scalar of each item of the task.
std::vector<double> scalar_values(const Task& task);

/// One explanation per item: its part of each of `maps`, which are batch first.
std::vector<Explanation> split_items(const std::vector<Tensor>& maps, std::size_t items);

}  // namespace nv::explain
