// nv mutate: what its ways of changing a model have in common.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "nv/report/json.h"
#include "shared/command.h"
#include "shared/defaults.h"
#include "shared/gate.h"
#include "shared/inputs.h"
#include "shared/mutation_flags.h"
#include "shared/origin.h"
#include "shared/output_folder.h"
#include "shared/pairs.h"
#include "shared/picture_options.h"
#include "shared/report_page.h"
#include "sheets.h"

namespace nv {

class Mutate final : public Command {
 public:
  void declare(OptionSet& options) override;
  int run(Console& console) override;

 private:
  void settle_options(const Console& console);
  Json head(const Model& model) const;
  int freeze_and_run(Console& console, const Model& model);  ///< mutate.cpp
  int rank(Console& console, const Model& model);            ///< rank.cpp
  int test_mutants(Console& console, const Model& model);    ///< score.cpp
  /// Opens the page of --html.
  void begin_page(const std::string& title);
  void finish(Console& console, const Json& document_json);
  /// Exit code 1 where a figure is below its gate, with a line that says so.
  int judge(const Console& console, const Json& summary) const;
  /// The inputs; and opens what -o names, which must be none of them.
  InputList inputs_for(Console& console, const Engine& engine);
  void open_output(Console& console, std::size_t inputs);
  void say_list(Console& console) const;

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
