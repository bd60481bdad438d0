// Options from files: --defaults FILE, and MODEL.nv.toml beside a model.
#pragma once

#include <string>
#include <vector>

#include "shared/option_set.h"

namespace nv {

/// Values of defaults files that are not plain option values.
struct Defaults {
  std::string file;                 ///< the file beside the model that was used; "" for none
  std::vector<std::string> labels;  ///< class names given as a list
};

/// Sets the `options` that are not on the command line: first from the file `defaults` ("" for none; keys are
/// long option names), then from the file beside `model`, which may only set preprocessing: labels,
/// preprocess, mean, std, invert, channels, resize, fit. Throws Error(usage) for an unknown key, Error(input)
/// for a file that cannot be read.
Defaults apply_defaults(const OptionSet& options, const std::string& defaults, const std::string& model,
                        bool use_model_file);

}  // namespace nv
