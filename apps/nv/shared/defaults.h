// Options from files: --defaults FILE, MODEL.nv.toml beside a model, and the user's nv.toml.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "shared/option_set.h"

namespace nv {

/// Values of defaults files that are not plain option values.
struct Defaults {
  std::string file;                 ///< the file beside the model that was used; "" for none
  std::vector<std::string> labels;  ///< class names given as a list
  std::map<std::string, std::string, std::less<>> sources;  ///< key of each option that was set, and its file
};

/// The user's file: $XDG_CONFIG_HOME/nv/nv.toml, else ~/.config/nv/nv.toml; "" if there is no home.
std::string preferences_file();

/// Sets the `options` that are not on the command line from the user's file, if it exists, unless
/// --no-defaults is given. It may only set how pictures and messages look, threads and memory; other files of
/// defaults have precedence. Throws Error(usage) for a key that is not allowed, Error(input) for a file that
/// cannot be read.
void apply_preferences(const OptionSet& options);

/// Sets the `options` that are not on the command line: first from the file `defaults` ("" for none; keys are
/// long option names), then from the file beside `model`, which may only set preprocessing: labels,
/// preprocess, mean, std, invert, channels, resize, fit. Throws Error(usage) for an unknown key, Error(input)
/// for a file that cannot be read.
Defaults apply_defaults(const OptionSet& options, const std::string& defaults, const std::string& model,
                        bool use_model_file);

}  // namespace nv
