// A model as attacks ask it.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "nv/analysis/attacks/attempt.h"
#include "nv/analysis/prediction.h"
#include "nv/engine/engine.h"

namespace nv::attacks {

/// From the space that an attack works in to the model's input, channel by channel: x * scale + offset.
/// Empty: they are the same.
struct InputSpace {
  std::vector<float> scale, offset;
};

/// Answers many questions at once. What it says of a point does not depend on what it was asked
/// together with.
class Oracle {
 public:
  /// Throws Error(unsupported) where the model takes several inputs or no output is a vector of classes.
  explicit Oracle(Engine& engine, InputSpace space = {});

  Engine& engine() const { return engine_; }
  const OutputKind& output() const { return output_; }
  std::int64_t classes() const { return classes_; }
  /// Whether each class has a sigmoid of its own.
  bool independent() const { return output_.activation == "sigmoid" && classes_ > 2; }

  /// A point as the model's input, without a batch axis; and back (where the space is the model's own: the
  /// same numbers).
  Tensor to_input(Values point, const Layout& layout) const;
  Point to_point(const Tensor& input, const Layout& layout) const;
  /// Whether the point as the model's input is `input`, to the last bit.
  bool gives(Values point, const Layout& layout, const Tensor& input) const;

  /// Fills in every question's answer.
  void answer(std::span<Question* const> questions);
  /// The model's output for each input, batch first.
  Tensor outputs(const Tensor& inputs);
  /// The class that a vector of the model's output names; nullopt where it holds NaN.
  std::optional<std::int64_t> predicted(Values output) const;

  // Pass by pass, for an attack on several models. All points are of one layout.
  /// Every node's output for each point.
  Trace trace(std::span<const Point* const> points, const Layout& layout);
  /// The class of each item of a trace.
  std::vector<std::optional<std::int64_t>> predicted(const Trace& trace) const;
  /// `factor` times the logit of classes[i] of each item i.
  Seed logit_seed(const Trace& trace, std::span<const std::int64_t> classes, float factor) const;
  /// The gradient of the sum of the seeds' scalars to each point.
  std::vector<Point> gradients(const Trace& trace, std::span<const Seed> seeds, const Layout& layout);

 private:
  void answer_batch(std::span<Question* const> questions);
  Tensor inputs_of(std::span<const Point* const> points, const Layout& layout) const;
  std::vector<float> logits_of(Values units) const;
  void add_gradient(const Trace& trace, const Tensor& units, std::span<Question* const> questions,
                    std::size_t k);

  Engine& engine_;
  InputSpace space_;
  OutputKind output_;
  std::int64_t classes_ = 0;
  std::vector<bool> keep_;  ///< what a query without gradients needs
};

}  // namespace nv::attacks
