// Explains the inputs of a batch: the methods, the number that is explained, and the classes in one request.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "nv/analysis/explain/baseline.h"
#include "nv/analysis/explain/filter_study.h"
#include "nv/analysis/explain/method.h"

namespace nv::explain {

/// A class, by number or by its place in an input's prediction.
struct ClassChoice {
  enum class Kind { predicted, second, truth, number };
  Kind kind = Kind::predicted;
  std::int64_t number = 0;

  bool operator==(const ClassChoice&) const = default;
};

/// The class of each item of an output, batch first. `second` has the second largest value, the other class
/// of a single unit. nullopt if a value is NaN, or if `truths` has none for the item.
std::vector<std::optional<std::int64_t>> chosen_classes(const Tensor& outputs, std::string_view activation,
                                                        const ClassChoice& choice,
                                                        std::span<const std::optional<std::int64_t>> truths);

/// A method with its settings.
struct Run {
  const Method* method = nullptr;
  Settings settings;
};

struct Request {
  std::vector<Run> runs;
  std::string of = "logit";                ///< logit, score, loss, or as element_scalar takes it
  const OutputWeights* weights = nullptr;  ///< instead of `of`
  std::vector<ClassChoice> classes{{}};    ///< for logit, score and loss
  Baseline baseline = {};
  Preprocess preprocess = {};                        ///< of the baselines black and white
  std::vector<std::vector<Tensor>> background = {};  ///< Task::background
  std::optional<StudyOptions> study = {};            ///< of the method `filters`

  /// Whether `of` is about a class.
  bool has_classes() const { return weights == nullptr && !is_element_scalar(of); }
};

/// One item of a batch.
struct Item {
  std::int64_t number = 0;            ///< index for Request::weights
  std::uint64_t id = 0;               ///< seeds its random numbers
  std::optional<std::int64_t> truth;  ///< true class
};

/// What one method says of one item and class.
struct Answer {
  std::size_t run = 0;                ///< index in Request::runs
  std::optional<std::int64_t> label;  ///< the class; nullopt if `of` is not about one
  Explanation explanation;
  std::string words;  ///< what it says, in one line
  std::optional<FilterStudy> study = {};
};

/// Called after each run for each choice of a class, with its task, its results and the class of each item
/// (none if `of` is not about a class): for measures of explanations.
using Observer =
    std::function<void(std::size_t run, const Task& task, const std::vector<Explanation>& explanations,
                       std::span<const std::optional<std::int64_t>> classes)>;

/// Answers per item, class by class, in the order of the runs; none for an item whose output holds NaN.
/// `inputs`: a batch, per model input; `trace`: its forward pass, all nodes kept. Throws Error(usage) for a
/// request that the model has no answer to, and what the methods throw.
std::vector<std::vector<Answer>> explain_batch(Engine& engine, std::span<const OutputKind> outputs,
                                               const Request& request, const std::vector<Tensor>& inputs,
                                               const Trace& trace, std::span<const Item> items,
                                               const Observer& observe = {});

/// Why the method cannot explain inputs of this model: "no convolution of images"; "" if it can. `node`: of
/// --layer; `inputs`: number of inputs to draw baselines from.
std::string not_applicable(const Method& method, const Model& model, const Structure& structure,
                           std::optional<std::size_t> node, std::size_t inputs);

/// Settings of the methods, each with those of `set` that it has. Throws Error(usage) for a parameter that no
/// method has, or a value out of range.
std::vector<Run> settle_runs(std::span<const Method* const> methods,
                             std::span<const std::pair<std::string, std::string>> set);

}  // namespace nv::explain
