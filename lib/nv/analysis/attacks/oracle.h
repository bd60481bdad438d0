// The model under attack: answers queries.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "nv/analysis/attacks/attempt.h"
#include "nv/analysis/prediction.h"
#include "nv/engine/engine.h"

namespace nv::attacks {

/// From the space in which an attack works to the model's input, per channel: x * scale + offset. Empty: the
/// two are the same.
struct InputSpace {
  std::vector<float> scale, offset;
};

/// Answers many queries at once. The answer for a point does not depend on the other queries of a call.
class Oracle {
 public:
  /// Throws Error(unsupported) if the model takes several inputs or no output is a vector of classes.
  explicit Oracle(Engine& engine, InputSpace space = {});

  Engine& engine() const { return engine_; }
  const OutputKind& output() const { return output_; }
  std::int64_t classes() const { return classes_; }
  /// Whether each class has its own sigmoid.
  bool independent() const { return output_.activation == "sigmoid" && classes_ > 2; }

  /// A point as the model's input, without a batch axis, and back.
  Tensor to_input(Values point, const PointLayout& layout) const;
  Point to_point(const Tensor& input, const PointLayout& layout) const;
  /// Whether the point as the model's input is bitwise equal to `input`.
  bool gives(Values point, const PointLayout& layout, const Tensor& input) const;

  /// Fills in the answer of every query.
  void answer(std::span<Query* const> queries);
  /// The model's output for each input, batch first.
  Tensor outputs(const Tensor& inputs);
  /// The class that one output vector predicts; nullopt if it holds NaN.
  std::optional<std::int64_t> predicted(Values output) const;

  // Single passes, for an attack on several models. All points have one layout.
  /// The output of every node for each point.
  Trace trace(std::span<const Point* const> points, const PointLayout& layout);
  /// The predicted class of each item of a trace.
  std::vector<std::optional<std::int64_t>> predicted(const Trace& trace) const;
  /// `factor` times the logit of classes[i] of each item i.
  Seed logit_seed(const Trace& trace, std::span<const std::int64_t> classes, float factor) const;
  /// The gradient of the sum of the seeds' scalars to each point.
  std::vector<Point> gradients(const Trace& trace, std::span<const Seed> seeds, const PointLayout& layout);

 private:
  void answer_batch(std::span<Query* const> queries);
  Tensor inputs_of(std::span<const Point* const> points, const PointLayout& layout) const;
  std::vector<float> logits_of(Values units) const;
  void add_gradient(const Trace& trace, const Tensor& units, std::span<Query* const> queries, std::size_t k);

  Engine& engine_;
  InputSpace space_;
  OutputKind output_;
  std::int64_t classes_ = 0;
  std::vector<bool> keep_;  ///< nodes that a query without gradients needs
};

}  // namespace nv::attacks
