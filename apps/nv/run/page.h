// The page of `nv run --html`.
#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "nv/analysis/run.h"
#include "run/text.h"
#include "shared/report_page.h"
#include "shared/sheets.h"

namespace nv {

/// First the accuracy and the layers over all inputs, then each input with its overview and, if there is
/// room, the sheets of its layers.
class RunPage {
 public:
  /// `inputs`: number of inputs of the run.
  RunPage(ReportPage& page, std::size_t inputs) : page_(page), inputs_(inputs) {}

  /// Adds one input. `sheets`: the overview and a sheet per layer, or none.
  void add(const SheetSource& source, const RunResult& result, std::span<const NamedSheet> sheets,
           ThreadPool& pool);
  /// Adds what is known at the end, and writes the page. `truth`: null without true classes;
  /// `diagrams`: figures of all inputs.
  void finish(const RunText& tables, std::span<const RunResult> results, const TruthSummary* truth,
              std::span<const std::string> labels, std::span<const NamedSheet> diagrams, ThreadPool& pool);

 private:
  void add_accuracy(const RunText& tables, const Confusion& confusion, std::span<const RunResult> results,
                    std::span<const std::string> labels);
  /// A row per input with its prediction.
  void add_table(std::span<const RunResult> results, std::span<const std::string> labels,
                 const std::string& caption);

  ReportPage& page_;
  std::size_t inputs_, added_ = 0;
  std::size_t picture_bytes_ = 0;               ///< of the largest picture of an input so far
  std::size_t overview_bytes_ = 0;              ///< of the last overview that was drawn
  std::map<std::string, std::string> anchors_;  ///< of the inputs with a section, by id
};

}  // namespace nv
