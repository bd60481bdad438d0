// Options that say what is explained: the methods, the number, the classes.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "nv/analysis/explain/explain.h"
#include "nv/analysis/output_weights.h"
#include "nv/data/npz.h"
#include "shared/input_loop.h"
#include "shared/inputs.h"
#include "shared/option_set.h"

namespace nv {

class Question {
 public:
  void declare(const OptionGroup& group);
  /// Checks what needs no model, and reads the file of --of. `images`: figures are wanted. Throws Error.
  void check(const InputFlags& inputs);

  /// What to ask of the inputs of `set`. Refers to this object. Prints what `--method all` leaves out, and
  /// that
  /// --seed has no effect, unless the methods are `judged`, which draws random numbers.
  explain::Request request(const Engine& engine, const std::vector<OutputKind>& outputs, const InputSet& set,
                           const InputFlags& flags, bool judged, Console& console);

  /// Whether --method is top-patches, which is no method of explain_batch.
  bool top_patches() const;
  const std::string& layer() const { return layer_; }
  const std::string& of() const { return of_; }
  /// Files that the run reads; "" for none.
  std::vector<std::string> files() const;
  /// Number of channels of --take; 0 without it.
  std::int64_t taken() const { return take_.value_or(0); }
  bool freezes() const { return freeze_; }
  /// Whether the only method is `filters`.
  bool filters_alone() const;

 private:
  void check_filters() const;
  void check_unused(const Engine& engine) const;
  std::vector<const explain::Method*> chosen(const Engine& engine, std::size_t inputs,
                                             Console& console) const;
  std::vector<explain::ClassChoice> classes(const Engine& engine, const std::vector<OutputKind>& outputs,
                                            const InputSet& set) const;
  explain::Baseline baseline(const Engine& engine, const InputFlags& flags) const;

  OptionRef class_option_, of_option_, seed_option_;
  std::string methods_ = "gradient", class_ = "predicted", of_ = "logit", layer_, baseline_ = "zero";
  std::vector<std::string> set_;
  std::uint64_t seed_ = 0;
  std::optional<std::int64_t> take_;
  bool freeze_ = false;
  std::vector<const explain::Method*> named_;  ///< of --method; empty for `all`
  std::optional<NpzReader> weights_file_;
  std::optional<OutputWeights> weights_;
  std::optional<std::size_t> node_;  ///< of --layer
};

}  // namespace nv
