// nv mutate: what its ways of changing a model have in common.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "command.h"
#include "defaults.h"
#include "gate.h"
#include "inputs.h"
#include "mutation_flags.h"
#include "nv/report/json.h"
#include "origin.h"
#include "output_folder.h"
#include "pairs.h"
#include "picture_options.h"
#include "report_page.h"
#include "sheets.h"

namespace nv {

class Mutate final : public Command {
 public:
  void declare(OptionSet& options) override;
  int run(Talk& talk) override;

 private:
  void settle_options(const Talk& talk);
  Json head(const Model& model) const;
  int freeze_and_run(Talk& talk, const Model& model);  ///< mutate.cpp
  int rank(Talk& talk, const Model& model);            ///< mutate_rank.cpp
  int test_mutants(Talk& talk, const Model& model);    ///< mutate_score.cpp
  /// Opens the page of --html.
  void begin_page(const std::string& title);
  void finish(Talk& talk, const Json& document_json);
  /// Exit code 1 where a figure is below its gate, with a line that says so.
  int judge(const Talk& talk, const Json& summary) const;
  /// The inputs; and opens what -o names, which must be none of them.
  InputList inputs_for(Talk& talk, const Engine& engine);
  void open_output(Talk& talk, std::size_t inputs);
  void say_list(Talk& talk) const;

  static constexpr std::string_view gate_figures[] = {"mutation_score", "accuracy_after"};

  OptionSet* options_ = nullptr;
  std::string model_, weights_file_, output_, save_, operators_;
  std::vector<std::string> arguments_;
  GateOption gates_{"--fail-below", gate_figures};
  PairOptions pair_options_;
  std::int64_t generate_ = 0;
  std::uint64_t seed_ = 0;
  bool rank_ = false, list_ = false, json_ = false;
  OutputRules rules_;
  PictureOptions picture_options_;
  ReportPage page_;
  SheetStyle style_;
  Fingerprints fingerprints_;
  InputFlags input_flags_;
  MutationFlags mutation_flags_;
  EngineOptions engine_options_;
  Defaults defaults_;
  std::optional<OutputFolder> folder_;
};

}  // namespace nv
