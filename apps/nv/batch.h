// Inputs in batches, as commands that run many of them want them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "nv/analysis/prediction.h"
#include "nv/data/input.h"
#include "nv/engine/engine.h"
#include "talk.h"

namespace nv {

/// Neighbouring inputs, those that could be read stacked into one batch.
struct Batch {
  std::vector<Input> inputs;  ///< in order; one that could not be read carries its error
  std::vector<std::optional<std::int64_t>>
      item;                     ///< its place in `tensors`; nullopt where it could not be read
  std::vector<Tensor> tensors;  ///< one a model input, batch first; empty where none could be read
};

/// Up to `most` inputs from `first` on, read in parallel.
std::vector<Input> read_inputs(const InputList& inputs, std::size_t first, std::size_t most,
                               ThreadPool& pool);

/// Up to `most` inputs from `first` on, read in parallel; ends early where a size differs.
Batch read_batch(const InputList& inputs, std::size_t first, std::size_t most, ThreadPool& pool);

/// How many inputs may run at once, 1 to `most`, so that the outputs of all layers hold `numbers` at most.
std::size_t batch_size(const Engine& engine, std::int64_t numbers, std::int64_t most);

/// How many classes the first output that is a vector tells apart, 2 of a single unit; 0 where none is, or
/// where that is open.
std::int64_t class_count(const Engine& engine, const std::vector<OutputKind>& outputs);

/// The names of classes; none, and a note, where there are more or fewer than classes: they are those of
/// another model, and numbers are then shown.
std::vector<std::string> fitting_labels(std::vector<std::string> labels, const Engine& engine,
                                        const std::vector<OutputKind>& outputs, const Talk& talk);

/// --truth, held against the number of classes of the first output that is a vector. Throws Error.
std::vector<std::int64_t> read_truth_of(const std::string& source, const InputList& inputs,
                                        const std::vector<std::string>& labels, const Engine& engine,
                                        const std::vector<OutputKind>& outputs);

}  // namespace nv
