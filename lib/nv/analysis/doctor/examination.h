// What is measured of a model and its inputs, for the checks of `nv doctor`.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "nv/analysis/doctor/array_scale.h"
#include "nv/analysis/doctor/channel_sums.h"
#include "nv/analysis/doctor/normalization.h"
#include "nv/analysis/doctor/output_measure.h"
#include "nv/analysis/doctor/trials.h"
#include "nv/analysis/input_scale.h"
#include "nv/data/input.h"

namespace nv::doctor {

/// How the user runs the model.
struct Settings {
  Preprocess preprocess;            ///< in use
  bool scale_chosen = false;        ///< by the user, not by default
  std::string scale_error;          ///< why that of a file of defaults is not used; "" if it is
  std::vector<std::string> labels;  ///< names of the classes; empty for none
  std::vector<std::int64_t> truth;  ///< true class per input, not checked against the model; empty for none
  std::string truth_error;          ///< why the true classes cannot be used; "" if they can
  std::string truth_hint;           ///< what to do about it; "" for nothing in particular
};

/// An input that could be read.
struct ExaminedInput {
  std::string id;
  std::string hash;                                ///< of its numbers
  std::int64_t width = 0, height = 0;              ///< of its picture; 0 for an array
  std::int64_t model_width = 0, model_height = 0;  ///< of the model's input
  std::optional<std::int64_t> truth;
  bool finite = true;  ///< neither NaN nor infinite values
};

struct Examination {
  Engine& engine;
  const Settings& settings;
  std::vector<OutputKind> outputs = {};
  InputScale scale = {};     ///< that the model's first layers show
  std::int64_t classes = 0;  ///< of the output that classifies; 0 if there is none
  std::vector<ExaminedInput> inputs = {};
  std::vector<ChannelSums> nodes = {};  ///< by node
  /// By node: of the arguments of its ReLU, over the first inputs; without channels if it has none.
  std::vector<ChannelSums> arguments = {};
  std::vector<NormalizationLayer> normalization = {};
  OutputMeasure measure = {};      ///< of `inputs`, if an output classifies
  std::vector<Trial> trials = {};  ///< the first is in use; empty if the inputs are no pictures
  bool arrays = false;             ///< the inputs are arrays of numbers that are taken as they are
  std::optional<ArrayScale> array_scale = std::nullopt;  ///< of arrays

  const OutputKind* output() const { return classifier_of(outputs); }
  const Model& model() const { return engine.model(); }
  /// "conv1 (Conv2D)".
  std::string name_of(std::size_t node) const;
  /// Inputs that the model predicts as their true class; NaN without true classes.
  double accuracy() const;
  bool has_truth() const { return !settings.truth.empty(); }
  /// Whether any output of the model is not finite.
  bool not_finite() const;
};

/// Collects an Examination batch by batch. Memory does not grow with the number of inputs but for some bytes
/// each and a sample of at most 5,000.
class Examiner {
 public:
  /// `inputs`: how many there will be. The arguments must outlive it.
  Examiner(Engine& engine, const Settings& settings, std::size_t inputs);

  /// Adds a batch, whose first input is number `first` of the set. `items`: index of each input in `trace`,
  /// which holds all nodes; nullopt for one that could not be read.
  void add(std::span<const Input> inputs, std::span<const std::optional<std::int64_t>> items,
           const Trace& trace, std::size_t first);

  /// Tries preprocessings on the sample; call it once.
  Examination finish();

 private:
  void add_input(const Input& input, std::size_t number);
  void add_arguments(const Trace& trace);
  bool samples(std::size_t number) const { return number % step_ == 0 && sampled_.size() < most_sampled_; }
  void try_preprocessings();

  Examination examination_;
  std::optional<InputSpec> spec_;  // of the only input, if it takes pictures
  std::size_t step_ = 1, most_sampled_ = 0;
  std::vector<Tensor> sampled_;  // as the model takes them
  std::vector<std::int64_t> sampled_truth_;
};

}  // namespace nv::doctor
