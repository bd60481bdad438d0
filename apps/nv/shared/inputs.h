// Options of commands that read inputs.
#pragma once

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

/// Throws Error(usage), beginning with `option`, if `output` is one of the files that the run reads.
void check_not_read(std::string_view option, const std::string& output, std::span<const std::string> read);

class InputFlags {
 public:
  void declare(OptionSet& options);

  /// All inputs, in order. Call after the defaults are applied. Throws Error(usage) for invalid options.
  InputList expand(const std::vector<std::string>& arguments, const Model& model,
                   const Structure& structure) const;
  /// The one input of an option, such as --to: --items does not choose from it. Its tensors are finite.
  /// Throws Error(usage) if there are several, Error(input) for one that holds NaN or infinite values.
  Input load_one(const std::string& argument, const Model& model, const Structure& structure) const;
  /// The same for origins named in a sample list: only regular files are read.
  InputList expand_origins(const std::vector<std::string>& origins, const Model& model,
                           const Structure& structure) const;
  Preprocess preprocess(const Model& model) const { return preprocess(input_scale(model)); }

  /// Removes a scale (preprocess, mean, std) of a file of defaults that cannot apply to the model's pictures.
  /// Returns why it cannot, beginning with the file; "" if nothing is removed.
  std::string drop_unfit_scale(const Model& model, const Structure& structure);

  /// Prints notes on the inputs read, once at the end of a run. With `changes`, also how pictures were
  /// preprocessed: for results that do not contain it.
  void print_notes(const Console& console, const Model& model, const InputList& inputs, bool changes) const;
  /// All files that the run reads: of inputs (with the lists and the originals of samples), of these options,
  /// and `more` ("" is skipped).
  std::vector<std::string> files_read(const InputList& inputs, const std::vector<std::string>& more) const;

  /// --labels, else the list of a defaults file; empty for none.
  std::vector<std::string> labels(const Defaults& defaults) const;

  std::string truth;
  bool strict = false;
  /// Gives `options` of the command the values of --defaults or MODEL.nv.toml, unless they are on the command
  /// line. Call once, before anything else. Throws as apply_defaults.
  Defaults apply_defaults(const OptionSet& options, const std::string& model);

 private:
  InputOptions options(const Model& model) const;
  /// --preprocess, --mean or --std, on the command line or in a defaults file.
  Preprocess preprocess(const InputScale& found) const;
  void read_scale(const InputScale& found, Preprocess& p) const;
  /// The file of defaults that sets the scale; "" for none.
  std::string scale_file() const;
  bool scale_chosen() const { return !preprocess_.empty() || !mean_.empty() || !std_.empty(); }

  OptionRef preprocess_option_, mean_option_, std_option_;
  std::string preprocess_, mean_, std_, resize_ = "bilinear", fit_ = "stretch", channels_ = "rgb", labels_,
                                        items_;
  std::string defaults_file_;
  Defaults defaults_;
  bool invert_ = false, recursive_ = false, no_defaults_ = false, given_ = false;
};

}  // namespace nv
