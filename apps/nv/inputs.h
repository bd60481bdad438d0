// The options of every command that reads inputs.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "defaults.h"
#include "nv/data/input.h"
#include "nv/layers/structure.h"
#include "nv/model/model.h"

namespace nv {

class InputFlags {
 public:
  void declare(CLI::App& app);

  /// The model's inputs, as the readers of inputs want them.
  static std::vector<InputSpec> specs(const Model& model, const Structure& structure);

  /// All inputs, in order. Call after the defaults are applied. Throws Error(usage) where the options do not
  /// fit.
  InputList expand(const std::vector<std::string>& arguments, const Model& model,
                   const Structure& structure) const;
  Preprocess preprocess(const Model& model) const;

  /// --labels, else the list that a defaults file gave; empty for none.
  std::vector<std::string> labels(const Defaults& defaults) const;

  std::string truth;
  bool strict = false;
  std::string defaults_file;
  bool no_defaults = false;
  /// Remembers what is on the command line itself; call before the defaults are applied.
  void note_given();

 private:
  CLI::Option *preprocess_option_ = nullptr, *mean_option_ = nullptr, *std_option_ = nullptr;
  std::string preprocess_, mean_, std_, resize_ = "bilinear", fit_ = "stretch", channels_ = "rgb", labels_,
                                        items_;
  bool invert_ = false, recursive_ = false, given_ = false;
};

}  // namespace nv
