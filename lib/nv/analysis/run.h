// What `nv run` tells of an input.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "nv/analysis/accuracy.h"
#include "nv/analysis/families.h"
#include "nv/analysis/prediction.h"
#include "nv/analysis/statistics.h"
#include "nv/data/input.h"
#include "nv/engine/engine.h"

namespace nv {

/// By node: the first node that nv cannot compute among it and those it depends on; -1 where it can be
/// computed.
std::vector<int> first_unsupported(const Model& model, const Structure& structure);

struct LayerResult {
  std::size_t index = 0;  ///< as `inspect` numbers layers
  std::string path, kind;
  Shape shape;
  Statistics values;
  double active = 0;  ///< share of values that are not 0
  std::int64_t channels = 0;
  std::vector<std::int64_t> dead;  ///< channels whose every value is 0
  std::string file;                ///< its picture, relative to the output folder; "" for none
};

struct OutputResult {
  std::string name;
  Shape shape;
  std::optional<Prediction> prediction;
};

struct RunResult {
  std::string id, file;
  std::vector<Shape> shapes;  ///< of the input, one a model input
  std::string preprocess;
  std::optional<Prediction> prediction;  ///< of the first output that is a vector
  std::string reason;                    ///< why there is none of that output; "" where no output is a vector
  std::vector<ClassScore> top;
  std::vector<OutputResult> outputs;
  std::vector<LayerResult> layers;
  std::vector<std::pair<std::string, std::string>> files;  ///< kind -> path relative to the output folder
  std::optional<std::int64_t> truth;
  bool correct = false, in_top5 = false;
  std::string error, hint;  ///< set: the input could not be used, and the rest is empty
};

/// Results of item `item` of `trace` (a batch); layers for the nodes of `layers`. `truth` may be absent.
RunResult summarise(const Engine& engine, const std::vector<OutputKind>& outputs, const Trace& trace,
                    std::int64_t item, const std::vector<bool>& layers, std::span<const std::string> labels,
                    std::size_t top, std::optional<std::int64_t> truth);

/// One row a layer over several inputs: least, mean of means, greatest, mean share active, channels dead in
/// all.
std::vector<LayerResult> over_inputs(std::span<const RunResult> results);

/// Blocks of the nodes of `kept` in order, as pictures of a whole pass show them; inputs and layers that only
/// reshape are left out, and so is `except`.
std::vector<LayerBlock> layer_blocks(const Model& model, const Structure& structure,
                                     const std::vector<bool>& kept, std::optional<std::size_t> except);

}  // namespace nv
