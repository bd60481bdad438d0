#include "nv/engine/step_followers.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <span>
#include <utility>

#include "nv/kernels/kernel_set.h"

namespace nv {

void StepFollowers::begin(const Tensor& output) {
  outputs_[step_.node] = output;
  channels_ = std::max<std::int64_t>(output.shape().back(), 1);
  for (const PlanFollower& f : step_.followers) {
    Work work{structure_.nodes[f.node].layer.get(), {}, nullptr, nullptr};
    for (const Value& v : model_.nodes[f.node].inputs)
      work.inputs.push_back(outputs_[static_cast<std::size_t>(v.node)].data());
    const bool kept = f.in_place_of && plan_.keep[*f.in_place_of];
    if (f.in_place_of && (!kept || streams_)) {
      Tensor& overwritten = outputs_[*f.in_place_of];
      outputs_[f.node] = overwritten;
      if (kept) {
        work.kept_from = overwritten.data();
        overwritten = Tensor(output.shape());
        work.kept_to = overwritten.data();
      }
    } else {
      outputs_[f.node] = Tensor(output.shape());
    }
    work.output = outputs_[f.node].data();
    work_.push_back(std::move(work));
  }
}

void StepFollowers::finished(std::int64_t first, std::int64_t count) {
  // So much that all followers find it in the first-level cache.
  constexpr std::int64_t values = 1 << 11;
  const std::int64_t part = std::max<std::int64_t>(values / channels_, 1) * channels_;
  for (std::int64_t at = first; at < first + count; at += part)
    compute(at, std::min(part, first + count - at));
  if (streams_) std::atomic_thread_fence(std::memory_order_seq_cst);
}

void StepFollowers::compute(std::int64_t first, std::int64_t count) const {
  std::array<const float*, 4> few{};
  std::vector<const float*> many;
  for (const Work& work : work_) {
    if (work.inputs.size() > few.size()) many.resize(work.inputs.size());
    const std::span<const float*> inputs(work.inputs.size() > few.size() ? many.data() : few.data(),
                                         work.inputs.size());
    for (std::size_t k = 0; k < inputs.size(); ++k) inputs[k] = work.inputs[k] + first;
    if (work.kept_from != nullptr)
      kernel_set().loops.stream(count, work.kept_from + first, work.kept_to + first);
    work.layer->compute_rows(inputs, count, channels_, work.output + first);
  }
}

}  // namespace nv
