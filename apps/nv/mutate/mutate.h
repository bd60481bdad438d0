// nv mutate: options and common parts of its modes.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "nv/analysis/mutation/rank_filters.h"
#include "nv/report/json.h"
#include "shared/command.h"
#include "shared/defaults.h"
#include "shared/gate.h"
#include "shared/input_loop.h"
#include "shared/mutation_flags.h"
#include "shared/origin.h"
#include "shared/pairs.h"
#include "shared/picture_options.h"
#include "shared/result_form.h"
#include "shared/result_output.h"
#include "shared/sheets.h"

namespace nv {

class Mutate final : public Command {
 public:
  void declare(OptionSet& options) override;
  int run(Console& console) override;

 private:
  void check_options(Console& console);
  Json head(const Model& model) const;
  Json head(const Model& model, const Mutant& mutant) const;
  int freeze_and_run(Console& console, const Model& model);  ///< freeze.cpp
  int rank(Console& console, const Model& model);            ///< rank.cpp
  void draw_ranking(Engine& engine, std::span<const FilterImportance> filters, std::size_t shown,
                    std::size_t inputs, const std::vector<std::string>& labels);
  int test_mutants(Console& console, const Model& model);  ///< score.cpp
  /// Data of freeze_and_run.
  struct FreezeRun;
  void add_input(Console& console, FreezeRun& run, const Input& input, std::size_t index, std::int64_t item,
                 const Trace& before, const Trace& after);
  void add_unread(Console& console, FreezeRun& run, const Input& input, const InputList::Entry& entry);
  /// The layers of an input, given as in the JSON, as rows of --csv or --tsv.
  void print_rows(Console& console, const Json& input);
  void finish_page(FreezeRun& run);
  int finish_freeze(Console& console, FreezeRun& run, const InputLoop& loop);
  void save(const Console& console, const Mutant& mutant) const;
  /// Opens the inputs and the outputs of -o and --html.
  InputSet open_set(Console& console, const Engine& engine, const std::vector<OutputKind>& outputs);
  /// Begins the page of --html.
  void begin_page(const std::string& title);
  void finish(Console& console, const std::string& text);
  /// Returns exit code 1 and prints an error if a figure is below its gate, else 0.
  int check_gates(const Console& console, const Json& summary) const;
  void print_operators(Console& console) const;

  static constexpr std::string_view gate_figures[] = {"mutation_score", "accuracy_after"};

  OptionSet* options_ = nullptr;
  std::string model_, weights_file_, save_, operators_;
  std::vector<std::string> arguments_;
  GateOption gates_{"--fail-below", gate_figures};
  PairOptions pair_options_;
  std::int64_t generate_ = 0;
  std::uint64_t seed_ = 0;
  bool rank_ = false, list_ = false;
  ResultForm form_;
  ResultOutput out_{"mutate"};
  PictureOptions picture_options_;
  SheetStyle style_;
  Fingerprints fingerprints_;
  InputFlags input_flags_;
  MutationFlags mutation_flags_;
  EngineOptions engine_options_;
  Defaults defaults_;
};

}  // namespace nv
