// The options of every command that reads inputs.
#pragma once

#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "nv/analysis/input_scale.h"
#include "nv/data/input.h"
#include "nv/layers/structure.h"
#include "nv/model/model.h"
#include "shared/console.h"
#include "shared/defaults.h"
#include "shared/option_set.h"

namespace nv {

/// A file that the run writes must be none of those that it reads. Throws Error(usage), beginning with
/// `option`.
void check_not_read(std::string_view option, const std::string& output, std::span<const std::string> read);

class InputFlags {
 public:
  void declare(OptionSet& options);

  /// All inputs, in order. Call after the defaults are applied. Throws Error(usage) where the options do not
  /// fit.
  InputList expand(const std::vector<std::string>& arguments, const Model& model,
                   const Structure& structure) const;
  /// The same of the origins that a sample list names: only regular files are read.
  InputList expand_origins(const std::vector<std::string>& origins, const Model& model,
                           const Structure& structure) const;
  Preprocess preprocess(const Model& model) const { return preprocess(input_scale(model)); }

  /// Says what the inputs read so far give cause to: once for a run, at its end. With `done`, what was done
  /// to pictures too, where the result itself does not say it.
  void say_notes(const Console& console, const Model& model, const InputList& inputs, bool done) const;
  /// Every file that the run reads: those of the inputs and of these options, and `more` ("" is none).
  std::vector<std::string> files_read(const InputList& inputs, std::initializer_list<std::string> more) const;

  /// --labels, else the list that a defaults file gave; empty for none.
  std::vector<std::string> labels(const Defaults& defaults) const;

  std::string truth;
  bool strict = false;
  std::string defaults_file;
  bool no_defaults = false;
  /// Remembers what is on the command line itself; call before the defaults are applied.
  void note_given();

 private:
  InputOptions options(const Model& model) const;
  /// --preprocess, --mean or --std, on the command line or in a defaults file.
  Preprocess preprocess(const InputScale& found) const;
  bool scale_chosen() const { return !preprocess_.empty() || !mean_.empty() || !std_.empty(); }

  OptionRef preprocess_option_, mean_option_, std_option_;
  std::string preprocess_, mean_, std_, resize_ = "bilinear", fit_ = "stretch", channels_ = "rgb", labels_,
                                        items_;
  bool invert_ = false, recursive_ = false, given_ = false;
};

}  // namespace nv
