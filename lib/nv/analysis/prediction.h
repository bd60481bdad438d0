// Predictions: classes from a model's outputs.
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

/// A class and its score.
struct ClassScore {
  std::int64_t index = 0;
  std::string label;  ///< class name, else the index
  float score = 0;    ///< the model's output
};

struct Prediction : ClassScore {
  /// Of the predicted class, if the model ends in softmax or sigmoid.
  std::optional<float> probability;
};

/// One output of a model, and how it becomes a prediction.
struct OutputKind {
  std::string name;
  Value value;
  std::string activation;  ///< the last activation function before the output, "" for none
  /// Its logits: the output of this node, or the argument of the node's own activation function.
  int logits_node = -1;
  bool logits_before_activation = false;
  bool classifies = false;  ///< a vector: one axis
};

std::vector<OutputKind> output_kinds(const Model& model, const Structure& structure);

/// The first output that classifies, from which predictions are made; nullptr if there is none.
const OutputKind* classifier_of(std::span<const OutputKind> outputs);

/// Number of classes of the first output that classifies, 2 of a single unit; 0 if there is none or the model
/// leaves the number open.
std::int64_t class_count(const Structure& structure, std::span<const OutputKind> outputs);

/// The class of the largest value of `output`, the first of equal values. For a single unit: class 1 if it
/// exceeds 0.5 (0 if the last layer is linear), else class 0, with its value as the score. nullopt if any
/// value is NaN.
std::optional<Prediction> predict(std::span<const float> output, std::string_view activation,
                                  std::span<const std::string> labels);
/// The class of a prediction; nullopt if there is none.
std::optional<std::int64_t> class_of(const std::optional<Prediction>& prediction);
/// The reason if an output that classifies has no prediction.
constexpr std::string_view no_class_reason = "the output holds NaN";

/// The predicted class of each item of an output, batch first; nullopt as in `predict`.
std::vector<std::optional<std::int64_t>> predicted_classes(const Tensor& outputs,
                                                           std::string_view activation);

/// Whether an activation function gives probabilities: softmax and sigmoid.
bool gives_probabilities(std::string_view activation);

/// Runs a batch and returns one output; nothing else is kept.
Tensor run_output(Engine& engine, const OutputKind& output, std::span<const Tensor> inputs);

/// The `count` largest values, best first; for a single unit, its prediction only. Empty if a value is NaN.
std::vector<ClassScore> top_classes(std::span<const float> output, std::string_view activation,
                                    std::size_t count, std::span<const std::string> labels);

/// Up to `count` classes with the largest values in either of two outputs of one size, largest first, of
/// equal ones the lower index; NaN counts as the smallest. Beyond the third, probabilities that round to
/// 0.0000 in both are left out.
std::vector<std::int64_t> leading_classes(std::span<const float> a, std::span<const float> b,
                                          std::string_view activation, std::size_t count);

/// A number per class, as people read them: of a single sigmoid unit, which gives the probability of class 1,
/// the probabilities of both classes; else the output.
std::vector<float> class_scores(std::span<const float> output, std::string_view activation);

/// The name of a class; its index if it has none.
std::string class_label(std::int64_t index, std::span<const std::string> labels);

}  // namespace nv
