// Reads inputs in batches.
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

/// Consecutive inputs; those that could be read are stacked into one batch.
struct Batch {
  std::vector<Input> inputs;  ///< in order; an input that could not be read has its error set
  std::vector<std::optional<std::int64_t>> item;  ///< index in `tensors`; nullopt if it could not be read
  std::vector<Tensor> tensors;  ///< per model input, batch first; empty if no input could be read
};

/// Reads up to `most` inputs from `first` on, in parallel.
std::vector<Input> read_inputs(const InputList& inputs, std::size_t first, std::size_t most,
                               ThreadPool& pool);

/// Prints a note for each file that holds NaN or infinite values.
void report_not_finite(Console& console, std::span<const Input> inputs);

/// Limit on the inputs of a batch.
struct BatchLimit {
  std::int64_t numbers = 0;  ///< numbers held in a pass, at most 1/16 of the bytes of the memory limit
  std::size_t most = 1;      ///< inputs
  std::vector<bool> keep;    ///< nodes whose outputs are kept, as for Engine::forward

  /// Largest batch for inputs of these shapes (per model input, no batch axis), at least 1.
  std::size_t of(const Engine& engine, std::span<const Shape> shapes) const;
  /// Largest batch if a pass holds `held` numbers per input.
  std::size_t of(std::int64_t held) const;
};

/// Fixed batch size of a run: by the sizes of the model, or those of the first input if the model leaves them
/// open.
std::size_t batch_size(const BatchLimit& limit, const Engine& engine, const InputList& inputs);

/// Reads inputs in batches. The batch size depends on the sizes of the inputs, since the model may leave them
/// open. An input whose pass alone would exceed the memory limit is treated as unreadable.
class BatchReader {
 public:
  BatchReader(Console& console, const InputList& inputs, Engine& engine, BatchLimit limit)
      : console_(console), inputs_(inputs), engine_(engine), limit_(std::move(limit)) {}

  /// Reads at most `most` inputs from `first` on, in parallel; stops before an input of another size.
  Batch read(std::size_t first, std::size_t most = SIZE_MAX) const;

 private:
  std::size_t check_size(Input& input) const;

  Console& console_;
  const InputList& inputs_;
  Engine& engine_;
  BatchLimit limit_;
};

/// Returns `labels` if their number is that of the classes; else prints a note and returns none (classes are
/// shown by number).
std::vector<std::string> fitting_labels(std::vector<std::string> labels, const Engine& engine,
                                        const std::vector<OutputKind>& outputs, const Console& console);

/// Reads --truth, checked against the number of classes of the first output that is a vector. Throws Error.
std::vector<std::int64_t> read_truth_of(const std::string& source, const InputList& inputs,
                                        const std::vector<std::string>& labels, const Engine& engine,
                                        const std::vector<OutputKind>& outputs);

}  // namespace nv
