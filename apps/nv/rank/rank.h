// nv rank: options and common parts of its outputs.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "nv/analysis/rank/faults.h"
#include "nv/analysis/rank/ranking.h"
#include "nv/figures/rank/fault_curve.h"
#include "nv/figures/rank/ranked_sheet.h"
#include "nv/report/json.h"
#include "rank/take.h"
#include "shared/command.h"
#include "shared/defaults.h"
#include "shared/gate.h"
#include "shared/input_loop.h"
#include "shared/origin.h"
#include "shared/picture_options.h"
#include "shared/result_form.h"
#include "shared/result_output.h"
#include "shared/sheets.h"

namespace nv {

class Rank final : public Command {
 public:
  void declare(OptionSet& options) override;
  int run(Console& console) override;

 private:
  /// An input that could not be used.
  struct BadInput {
    std::string id, file, error;
  };
  /// Data and results of a run.
  struct Work {
    Engine& engine;
    const InputSet& set;
    const rank::Setup& setup;
    rank::Ranking ranking;
    std::vector<BadInput> bad = {};
    std::optional<rank::Faults> faults = {};  ///< with --truth or --model-b
    Engine* engine_b = nullptr;               ///< of --model-b
    std::vector<OutputKind> outputs_b = {};
  };

  /// Whether it is known which inputs are faults.
  bool knows_faults() const { return !input_flags_.truth.empty() || !model_b_.empty(); }

  void declare_ranking(const OptionGroup& ranking);
  void declare_result(const OptionGroup& result);
  void check_options(Console& console);
  void check_truth() const;
  void check_settings() const;
  void choose_metrics();
  std::string list_text(const Console& console) const;
  Json list_json() const;
  int rank_inputs(Console& console, Engine& engine, const std::vector<OutputKind>& outputs);
  void add_batch(Console& console, Work& work, InputLoop& loop, const Batch& batch, std::size_t first);
  void add_error(Console& console, Work& work, InputLoop& loop, std::size_t input, const Input& read);
  void finish(Console& console, Work& work, std::int64_t errors);
  int check_gates(const Console& console, const Work& work) const;

  // setup.cpp
  rank::Setup setup(Engine& engine, const std::vector<OutputKind>& outputs);
  void choose_layers(const Engine& engine, rank::Setup& setup) const;
  std::string model_hash() const;
  /// Runs the model on the input of --to.
  void read_query(Engine& engine, rank::Setup& setup);
  /// Opens the model of --model-b; nullopt without it.
  std::optional<Engine> open_second(const Engine& engine, const std::vector<OutputKind>& outputs) const;

  // profile.cpp
  void check_profile_options(Console& console) const;
  rank::ProfileParts profile_parts(const Console& console, const rank::Setup& chosen) const;
  int make_profile(Console& console, Engine& engine, const std::vector<OutputKind>& outputs);
  std::string profile_text(const rank::Profile& profile) const;

  // outputs.cpp
  Json head(const Model& model) const;
  Json head(const Work& work) const;
  std::vector<std::string> columns() const;
  std::string print_document(Console& console, const Work& work, const Json& summary);
  void print_rows(Console& console, const Work& work);
  std::string text(const Console& console, const Work& work) const;
  Table table(const Work& work, std::size_t most) const;
  std::string faults_text(const Work& work) const;
  std::string summary_text(const Work& work) const;

  // sheets.cpp
  void draw_sheets(const Console& console, const Work& work);
  figures::FaultCurve curve(const Work& work) const;
  figures::RankedSheet first_inputs(const Work& work) const;
  void write_page(const Work& work);

  static constexpr std::string_view gate_figures_[] = {"apfd"};
  static constexpr std::size_t most_lines_ = 20;     ///< of the text without --lines
  static constexpr std::size_t most_pictures_ = 24;  ///< of the sheet without --take
  /// The input of --to.
  struct Query {
    Input input;
    std::optional<Prediction> prediction;
  };

  OptionSet* options_ = nullptr;
  OptionRef layers_option_;
  std::string model_, weights_file_, by_, formats_, profile_, make_profile_, layers_, layer_, to_, select_,
      measure_, model_b_;
  std::vector<std::string> set_;
  bool list_ = false, sheet_written_ = true;
  std::vector<std::string> arguments_;
  std::vector<const rank::Metric*> metrics_;
  std::vector<const rank::SetMetric*> set_metrics_;
  rank::Settings settings_;
  rank::ProfileParts parts_;  ///< of a profile, that the metrics need
  std::size_t take_ = 0;
  bool classifies_ = false;  ///< whether the model has an output that is a vector of classes
  GateOption gates_{"--fail-below", gate_figures_};
  ResultForm form_;
  ResultOutput out_{"rank"};
  std::optional<TakenSamples> taken_;
  std::optional<Query> query_;
  Preprocess preprocess_;
  PictureOptions picture_options_;
  SheetStyle style_;
  InputFlags input_flags_;
  Fingerprints fingerprints_;
  EngineOptions engine_options_{.exact = true};  // scores are compared to six digits
  Defaults defaults_;
};

}  // namespace nv
