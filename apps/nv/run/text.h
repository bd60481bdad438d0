// Text output of `nv run`.
#pragma once

#include <string>
#include <vector>

#include "nv/analysis/run.h"
#include "run/files.h"
#include "shared/console.h"

namespace nv {

class RunText {
 public:
  /// `lines`: only predictions, tab-separated, one line per input. `many`: the run has several inputs.
  RunText(const Console& console, const std::vector<std::string>& labels, std::size_t top, bool lines,
          bool many)
      : console_(console), labels_(labels), top_(top), lines_(lines), many_(many) {}

  /// Text of one input, as soon as it is done.
  std::string prediction(const RunResult& r) const;
  /// Text at the end of the run: table of layers, accuracy, output files.
  std::string closing(const std::vector<RunResult>& results, const Confusion* confusion,
                      const RunWriter& writer) const;
  /// Adds the same to a page.
  void add_closing(ReportPage& page, const std::vector<RunResult>& results, const Confusion* confusion) const;

 private:
  static Table layer_table(const std::vector<RunResult>& results);
  Table class_table(const Confusion& confusion) const;
  Table confusion_matrix(const Confusion& confusion) const;
  std::string accuracy(const Confusion& confusion) const;

  const Console& console_;
  const std::vector<std::string>& labels_;
  std::size_t top_;
  bool lines_, many_;
};

}  // namespace nv
