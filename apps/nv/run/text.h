// Text output of `nv run`.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "nv/analysis/run.h"
#include "run/files.h"
#include "shared/console.h"
#include "shared/input_loop.h"

namespace nv {

/// What the text says of each input as soon as it is done.
enum class InputText {
  none,     ///< nothing: the summary at the end is of all inputs
  details,  ///< the best classes
  lines,    ///< one line, in columns
  fields    ///< one line of fields separated by tabs, and no summary: --predict
};

class RunText {
 public:
  static constexpr std::size_t most_lines = 20;  ///< inputs of which each gets a line without --lines

  /// `top`: number of classes of `fields`. All arguments must outlive it.
  RunText(const Console& console, const InputSet& set, InputText inputs, std::size_t top);

  /// Text of one input, as soon as it is done.
  std::string prediction(const RunResult& r) const;
  /// Text at the end of the run: table of layers, accuracy or predictions, notable inputs, output files.
  std::string closing(const std::vector<RunResult>& results, const TruthSummary* truth,
                      const RunWriter& writer) const;

  static constexpr std::int64_t max_matrix_classes = 20;  ///< of a confusion matrix that is shown

  /// One row per layer, over the inputs.
  static Table layer_table(std::span<const RunResult> results);
  /// One row per true class; if there are more than `most`, those with the lowest recall.
  Table class_table(const Confusion& confusion, std::size_t most = SIZE_MAX) const;
  /// A row per true class, a column per predicted class; at most `header` letters of its name.
  Table confusion_matrix(const Confusion& confusion, std::size_t header = SIZE_MAX) const;
  /// One row per predicted class, most frequent first, at most `most`.
  Table prediction_table(std::span<const RunResult> results, std::size_t most) const;
  /// The wrong inputs, the most certain first, at most `most`.
  Table wrong_table(std::span<const RunResult> results, std::size_t most) const;
  /// The inputs whose predicted class has the lowest probability, at most `most`.
  Table uncertain_table(std::span<const RunResult> results, std::size_t most) const;

 private:
  std::string fields(const RunResult& r) const;
  std::string details(const RunResult& r) const;
  std::string columns(const RunResult& r) const;
  Table input_table(std::string_view name, std::span<const RunResult* const> results, std::size_t most) const;
  std::string accuracy(const TruthSummary& truth) const;
  /// Letters above a column of the confusion matrix that the terminal has room for.
  std::size_t matrix_header(const Confusion& confusion) const;
  std::string summary(std::span<const RunResult> results, const TruthSummary* truth) const;

  const Console& console_;
  const std::vector<std::string>& labels_;
  InputText inputs_;
  std::size_t top_, count_;                     ///< count_: inputs of the run
  std::size_t id_width_ = 0, label_width_ = 0;  ///< of `columns`
};

}  // namespace nv
