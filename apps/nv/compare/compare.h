// nv compare: options, and the data that its parts share.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "compare/cka.h"
#include "compare/summary.h"
#include "nv/analysis/compare.h"
#include "nv/core/text.h"
#include "nv/engine/engine.h"
#include "nv/report/json.h"
#include "shared/batch.h"
#include "shared/command.h"
#include "shared/defaults.h"
#include "shared/gate.h"
#include "shared/input_loop.h"
#include "shared/inputs.h"
#include "shared/mutation_flags.h"
#include "shared/origin.h"
#include "shared/pairs.h"
#include "shared/picture_options.h"
#include "shared/result_form.h"
#include "shared/result_output.h"

namespace nv {

class Compare final : public Command {
 public:
  void declare(OptionSet& options) override;
  int run(Console& console) override;

 private:
  /// One input of a pair, and its prediction.
  struct PairInput {
    std::string id, file, path, preprocess;
    std::optional<Prediction> prediction;
    bool classifies = false;
  };
  void check_options(Console& console);
  Json pair_input_json(const PairInput& input, const Engine& engine) const;
  void check_arguments() const;
  void open_engines(const Console& console);
  PairInput pair_input(const InputList::Entry& entry, const Input& input, const Side& side,
                       const std::vector<OutputKind>& outputs) const;
  void open_outputs(Console& console, const InputList& inputs);
  Json document_json(const Json& summary) const;
  /// Compares each input in both models, or the first input with each of the others.
  void compare_inputs(Console& console, const InputList& inputs);
  /// Compares each sample with its original.
  void compare_with_origins(Console& console, const InputList& samples);
  /// Of two batches through model A.
  std::pair<Trace, Trace> passes(const Batch& a, const Batch& b);
  void add_error(Console& console, InputLoop& loop, const std::string& id, const std::string& error,
                 const std::string& hint);
  /// Sets names of the two sides, caption and sources of a pair's figures.
  void describe(Pair& pair, const PairInput& input_a, const PairInput& input_b);
  std::string text(const Console& console, const PairInput& input_a, const PairInput& input_b,
                   const LayerDifference* divergent) const;
  /// Compares one pair. `id`: shown in outputs; `key`: names the pair's folder.
  void add(Console& console, const std::string& id, const std::string& key, const Side& a, const Side& b,
           const PairInput& input_a, const PairInput& input_b);
  /// The layers of a pair, given as in the JSON, as rows of --csv or --tsv.
  void print_rows(Console& console, const Json& pair);
  std::vector<LayerDifference> differences(const Side& a, const Side& b) const;
  void check_gates(const std::vector<LayerDifference>& layers, const std::string& id);
  int finish(Console& console);
  std::string unmatched_text() const {
    return fmt::format("{} of A and {} of B without a partner",
                       counted(std::ssize(matching_.only_a), "layer"), matching_.only_b.size());
  }
  bool two_engines() const { return b_.has_value(); }

  static constexpr std::string_view gate_figures[] = {"relative_l2", "l2",      "linf", "mean_abs",
                                                      "cosine",      "pearson", "ssim"};

  OptionSet* options_ = nullptr;
  std::string model_, weights_file_, model_b_, channels_, colormap_ = "viridis";
  std::vector<std::string> arguments_;
  GateOption gates_{"--fail-above", gate_figures};
  PairOptions pair_options_;
  ResultForm form_;
  ResultOutput out_{"compare"};
  PairPage page_{out_.page};
  PictureOptions picture_options_;
  SheetStyle style_;
  Fingerprints fingerprints_;
  InputFlags input_flags_;
  MutationFlags mutation_flags_;
  EngineOptions engine_options_;
  Defaults defaults_;

  std::optional<Engine> a_, b_;  ///< b_: only with two models
  std::vector<OutputKind> outputs_a_, outputs_b_;
  bool against_origins_ = false;
  Matching matching_;
  std::vector<bool> chosen_;
  std::vector<std::string> labels_;
  std::vector<Mutation> mutations_;  ///< of B, with --freeze or --config
  Preprocess preprocess_;
  std::vector<Json> pairs_;
  PairSummary summary_;
  std::optional<CkaResult> cka_;  ///< between two models, over several inputs
  std::string failure_;
  bool lines_ = true;  ///< whether the text has lines for each pair
  std::int64_t errors_ = 0;
};

}  // namespace nv
