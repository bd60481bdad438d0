// Inputs in batches, as commands that run many of them want them.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "nv/analysis/prediction.h"
#include "nv/data/input.h"
#include "nv/engine/engine.h"
#include "shared/console.h"

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

/// Says of each file that holds NaN or infinite values that it does.
void name_not_finite(Console& console, std::span<const Input> inputs);

/// How many inputs may run at once.
struct BatchLimit {
  std::int64_t numbers = 0;  ///< that a pass may hold, or a sixteenth of the memory limit's bytes where less
  std::size_t most = 1;      ///< inputs
  std::vector<bool> keep;    ///< nodes whose outputs stay, as Engine::forward takes it

  /// For inputs of these shapes (one a model input, no batch axis), at least 1.
  std::size_t of(const Engine& engine, std::span<const Shape> shapes) const;
  /// For inputs of which one makes a pass hold so many numbers.
  std::size_t of(std::int64_t held) const;
};

/// For a run that is to take the same number all the time: by the model's sizes, or where it leaves them open
/// those of the first input.
std::size_t batch_size(const BatchLimit& limit, const Engine& engine, const InputList& inputs);

/// Reads inputs in batches. How many go together depends on the sizes that they have, not on those that the
/// model declares: it may leave them open. An input for which one pass alone would take more than the memory
/// limit becomes one that could not be read.
class BatchReader {
 public:
  BatchReader(Console& console, const InputList& inputs, Engine& engine, BatchLimit limit)
      : console_(console), inputs_(inputs), engine_(engine), limit_(std::move(limit)) {}

  /// Inputs from `first` on, at most `most`, read in parallel; ends early where a size differs.
  Batch read(std::size_t first, std::size_t most = SIZE_MAX) const;

 private:
  std::size_t settle(Input& input) const;

  Console& console_;
  const InputList& inputs_;
  Engine& engine_;
  BatchLimit limit_;
};

/// The names of classes; none, and a note, where there are more or fewer than classes: they are those of
/// another model, and numbers are then shown.
std::vector<std::string> fitting_labels(std::vector<std::string> labels, const Engine& engine,
                                        const std::vector<OutputKind>& outputs, const Console& console);

/// --truth, held against the number of classes of the first output that is a vector. Throws Error.
std::vector<std::int64_t> read_truth_of(const std::string& source, const InputList& inputs,
                                        const std::vector<std::string>& labels, const Engine& engine,
                                        const std::vector<OutputKind>& outputs);

}  // namespace nv
