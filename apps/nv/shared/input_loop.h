// Loop of commands that run a model on many inputs: opens them with labels and true classes, reads them in
// batches, shows progress, stops if interrupted, and reports unusable inputs.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "shared/batch.h"
#include "shared/inputs.h"

namespace nv {

/// Inputs of a run.
struct InputSet {
  std::vector<std::string> labels;  ///< class names; empty if classes are shown by number
  InputList inputs;                 ///< at least one
  std::vector<std::int64_t> truth;  ///< true class per input; empty without --truth

  std::optional<std::int64_t> truth_of(std::size_t input) const {
    return truth.empty() ? std::nullopt : std::optional(truth[input]);
  }
};

/// Throws Error(input) if `arguments` name no input, Error(usage) for invalid options.
InputSet open_inputs(const InputFlags& flags, const Defaults& defaults,
                     const std::vector<std::string>& arguments, const Engine& engine,
                     const std::vector<OutputKind>& outputs, const Console& console);

class InputLoop {
 public:
  /// `what` labels the progress bar, which counts `steps_per_input` steps per input. With `strict` the first
  /// unusable input ends the run. All arguments must outlive the loop.
  InputLoop(Console& console, const InputList& inputs, std::string_view what, bool strict,
            std::int64_t steps_per_input = 1);

  /// Called with a batch and the index of its first input.
  using Body = std::function<void(const Batch& batch, std::size_t first)>;
  /// Calls `body` for all batches, in order. `first_batch` limits the size of the first one. Throws
  /// Interrupted between batches.
  void run(const BatchReader& reader, const Body& body, std::size_t first_batch = SIZE_MAX);
  /// Inputs up to number `input` are done, also within a batch: for the message of an interrupted run.
  void done(std::size_t input) const { console_.done.inputs = static_cast<std::int64_t>(input) + 1; }
  /// Counts steps of a long body. Throws Interrupted.
  void advance(std::int64_t steps);

  /// Reports and counts an unusable input. Throws Error(input) with `strict`.
  void add_error(const std::string& error, const std::string& hint);
  std::int64_t errors() const { return errors_; }
  /// Exit code 3 if some inputs were unusable, else `otherwise`.
  int exit_code(int otherwise) const;

 private:
  Console& console_;
  const InputList& inputs_;
  bool strict_;
  std::int64_t steps_per_input_;
  Progress progress_;
  std::int64_t errors_ = 0;
};

}  // namespace nv
