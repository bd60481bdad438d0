// What a model says of an input.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "nv/engine/engine.h"
#include "nv/layers/structure.h"
#include "nv/model/model.h"

namespace nv {

/// Class names; a class without one is called by its number.
struct ClassScore {
  std::int64_t index = 0;
  std::string label;
  float score = 0;  ///< the output as the model gives it
};

struct Prediction : ClassScore {
  /// Of the predicted class, where the model ends in softmax or sigmoid.
  std::optional<float> probability;
};

/// One output of a model: how its numbers become a prediction.
struct OutputKind {
  std::string name;
  Value value;
  std::string activation;  ///< that the output has passed last, "" for none
  /// Where its logits are: the output of this node, or what goes into the node's own activation.
  int logits_node = -1;
  bool logits_before_activation = false;
  bool classifies = false;  ///< a vector: one axis
};

std::vector<OutputKind> output_kinds(const Model& model, const Structure& structure);

/// The first that classifies, which is what a model is taken to say; nullptr where none does.
const OutputKind* classifier_of(std::span<const OutputKind> outputs);

/// Number of classes of the first output that classifies, 2 of a single unit; 0 if there is none or the model
/// leaves the number open.
std::int64_t class_count(const Structure& structure, std::span<const OutputKind> outputs);

/// The largest of `output`'s values, of equal values the first; for a single unit, class 1 where it exceeds
/// 0.5 (0 for a linear last layer), else class 0, and its value as the score. nullopt where any value is NaN:
/// that output says no class.
std::optional<Prediction> predict(std::span<const float> output, std::string_view activation,
                                  std::span<const std::string> labels);
/// The class of a prediction; nullopt if there is none.
std::optional<std::int64_t> class_of(const std::optional<Prediction>& prediction);
/// Why there is no prediction of an output that is a vector.
constexpr std::string_view no_class_reason = "the output holds NaN";

/// The class of each item of an output, batch first; nullopt as in `predict`.
std::vector<std::optional<std::int64_t>> predicted_classes(const Tensor& outputs,
                                                           std::string_view activation);

/// Whether what has passed the activation last are probabilities: softmax and sigmoid.
bool gives_probabilities(std::string_view activation);

/// One output of a pass over a batch; nothing else is kept.
Tensor run_output(Engine& engine, const OutputKind& output, std::span<const Tensor> inputs);

/// The `count` largest, best first; a single unit gives itself alone. None where a value is NaN.
std::vector<ClassScore> top_classes(std::span<const float> output, std::string_view activation,
                                    std::size_t count, std::span<const std::string> labels);

std::string class_label(std::int64_t index, std::span<const std::string> labels);

}  // namespace nv
