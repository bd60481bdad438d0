// Options from files: --defaults FILE, and MODEL.nv.toml beside a model.
#pragma once

#include <string>
#include <vector>

#include "shared/option_set.h"

namespace nv {

/// What the files gave that is no plain option value.
struct Defaults {
  std::string file;                 ///< the file beside the model that was used; "" for none
  std::vector<std::string> labels;  ///< class names given as a list
};

/// Fills those of `options` that are not on the command line: from `defaults` (where not empty; keys are long
/// option names) and then from the file beside `model`, which may only say how to feed it: labels,
/// preprocess, mean, std, invert, channels, resize, fit. Throws Error(usage) for an unknown key, Error(input)
/// for a file that cannot be read.
Defaults apply_defaults(const OptionSet& options, const std::string& defaults, const std::string& model,
                        bool use_model_file);

}  // namespace nv
