// nv attack: options and common parts of its modes.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "attack/files.h"
#include "attack/page.h"
#include "attack/plan.h"
#include "nv/analysis/attack.h"
#include "nv/analysis/attack_curve.h"
#include "nv/analysis/attack_summary.h"
#include "nv/analysis/transfer.h"
#include "nv/engine/engine.h"
#include "nv/report/json.h"
#include "shared/command.h"
#include "shared/defaults.h"
#include "shared/gate.h"
#include "shared/inputs.h"
#include "shared/origin.h"
#include "shared/picture_options.h"
#include "shared/report_page.h"
#include "shared/result_form.h"

namespace nv {

class AttackJournal;

class Attack final : public Command {
 public:
  void declare(OptionSet& options) override;
  int run(Console& console) override;

 private:
  /// Data of a run of all methods.
  struct Work {
    Engine& engine;
    const InputList& all;     ///< before --shard
    const InputList& inputs;  ///< inputs to attack
    const Preprocess& preprocess;
    AttackWriter* writer;
    AttackJournal& journal;
    AttackPage& page;
  };

  void declare_attack(OptionSet& options);
  void declare_result(OptionSet& options);
  void check_options(Console& console);
  /// Part of the head that is not in the document: hashes and options that results depend on.
  Json request(const Model& model, const InputList& all, const std::vector<std::int64_t>& truth) const;
  Json head(const Model& model, const std::vector<AttackPlan>& plans, const InputList& all,
            const std::vector<std::int64_t>& truth);
  static void note_sizes(Console& console, const Engine& engine, const std::vector<AttackPlan>& plans);
  void begin_folder(Console& console, AttackWriter& writer, const std::vector<AttackPlan>& plans,
                    const InputList& all) const;
  void open_other_models(const std::vector<AttackPlan>& plans);
  void open_transfer(const Engine& engine, const Preprocess& preprocess);
  void learn(const Work& work, PlannedAttack& attack, std::size_t batch) const;
  /// Attacks the inputs that the journal does not hold yet, `batch` at a time.
  void attack_inputs(Console& console, const Work& work, const AttackPlan& plan, std::size_t run,
                     PlannedAttack& attack, std::size_t batch);
  void run_plan(Console& console, const Work& work, const AttackPlan& plan, std::size_t run);
  /// Writes results to keep, tests them on other models, and returns them as JSON.
  std::vector<Json> finish_items(const Work& work, const AttackPlan& plan, const Attacker& attacker,
                                 std::span<const Input> inputs, CurveResults found);
  void print_items(Console& console, const std::string& method, std::span<const Json> items);
  /// A line per input is printed with --lines, or for few inputs.
  bool prints_lines(std::size_t inputs_and_methods) const {
    return form_.lines() || inputs_and_methods <= 10;
  }
  int finish(Console& console, const Work& work, const std::vector<AttackPlan>& plans);
  int check_gates(const Console& console, const std::vector<AttackSummary>& summaries) const;
  /// merge.cpp: --merge.
  int merge(Console& console);
  void finish_merge(Console& console, AttackWriter& writer, const Json& head,
                    std::vector<std::vector<Json>> items);

  static constexpr std::string_view gate_figures[] = {"robust_accuracy"};

  OptionSet* options_ = nullptr;
  OptionRef keep_option_;
  AttackOptions attack_options_;
  std::string model_, weights_file_, target_, bounds_, output_, keep_ = "success", shard_text_, transfer_;
  std::vector<std::string> arguments_;
  GateOption gates_{"--fail-below", gate_figures};
  std::size_t batch_ = 0;
  std::optional<std::pair<std::size_t, std::size_t>> shard_;  ///< number of the shard from 0, and their count
  OutputRules rules_;
  ResultForm form_;
  bool list_ = false, resume_ = false, merge_ = false, timings_ = false, no_sheets_ = false;
  bool print_lines_ = false;  ///< a line per input: with --lines, or for few of them
  InputFlags input_flags_;
  EngineOptions engine_options_;
  PictureOptions picture_options_;
  ReportPage page_;
  SheetStyle style_;
  Fingerprints fingerprints_;
  Defaults defaults_;
  std::vector<std::string> labels_;
  std::vector<std::int64_t> truth_;  ///< true classes of the attacked inputs; empty without --truth
  std::vector<std::unique_ptr<TransferModel>> transfer_models_;
  std::vector<std::unique_ptr<Engine>> other_engines_;  ///< of --models
  std::vector<double> seconds_;                         ///< per method
  std::vector<Json> extras_;  ///< per method: results over all inputs, not part of items
};

}  // namespace nv
