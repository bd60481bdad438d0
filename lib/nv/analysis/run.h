// The results of a run on one input: predictions, and statistics per layer.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "nv/analysis/accuracy.h"
#include "nv/analysis/calibration.h"
#include "nv/analysis/families.h"
#include "nv/analysis/prediction.h"
#include "nv/analysis/statistics.h"
#include "nv/data/input.h"
#include "nv/engine/engine.h"

namespace nv {

/// Per node: the first unsupported node among it and the nodes that it depends on; -1 if it can be computed.
std::vector<int> first_unsupported(const Model& model, const Structure& structure);

struct LayerResult {
  std::size_t index = 0;  ///< as `inspect` numbers layers
  std::string path, kind;
  Shape shape;
  Statistics values;
  double active = 0;  ///< share of values that are not 0
  std::int64_t channels = 0;
  std::vector<std::int64_t> dead;  ///< channels whose values are all 0
  std::string file;                ///< its figure, relative to the output folder; "" for none
};

struct OutputResult {
  std::string name;
  Shape shape;
  std::optional<Prediction> prediction;
};

struct RunResult {
  std::string id, file;
  std::vector<Shape> shapes;  ///< of the input, one per model input
  std::string preprocess;
  std::optional<Prediction> prediction;  ///< of the first output that classifies
  std::string reason;                    ///< why that output has none; "" if no output classifies
  std::vector<ClassScore> top;
  std::vector<ClassScore> likely;  ///< the same of class_scores, for people
  std::vector<OutputResult> outputs;
  std::vector<LayerResult> layers;
  std::vector<std::pair<std::string, std::string>> files;  ///< kind -> path relative to the output folder
  std::optional<std::int64_t> truth;
  bool correct = false, in_top5 = false;
  std::optional<ProbabilityScores> truth_scores;  ///< of an output of probabilities, if the truth is known
  std::string error, hint;  ///< if set, the input could not be used and the rest is empty
};

/// Results of item `item` of `trace`, a batch, with the layers for which `layers` (by node) is true. `truth`:
/// the true class, if it is known.
RunResult summarise(const Engine& engine, const std::vector<OutputKind>& outputs, const Trace& trace,
                    std::int64_t item, const std::vector<bool>& layers, std::span<const std::string> labels,
                    std::size_t top, std::optional<std::int64_t> truth);

/// Results of a run against the true classes.
struct TruthSummary {
  Confusion confusion;
  Calibration calibration;  ///< of outputs that are probabilities

  /// Counts a result, if it has a true class.
  void add(const RunResult& result);
};

/// One row per layer over several inputs: smallest and largest value, mean of means, mean share active,
/// channels that are dead for all inputs.
std::vector<LayerResult> over_inputs(std::span<const RunResult> results);

/// Whether layers of this kind (Keras's class name) pass their values on unchanged at inference: Flatten,
/// Dropout, InputLayer, ...
bool only_reshapes(std::string_view kind);

/// Blocks of the nodes of `kept` in order, as figures of a whole pass show them, without inputs, layers that
/// only reshape, and `except`.
std::vector<LayerBlock> layer_blocks(const Model& model, const Structure& structure,
                                     const std::vector<bool>& kept, std::optional<std::size_t> except);

}  // namespace nv
