// Preprocessing in MODEL.nv.toml.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "nv/data/preprocess.h"

namespace nv {

/// The file of defaults beside a model: "lenet.nv.toml" for "lenet.h5".
std::string defaults_file_of(const std::string& model);

/// The keys that describe a preprocessing: preprocess, mean, std, channels, invert.
std::span<const std::string_view> preprocessing_keys();

/// `text` (TOML) with the keys preprocess, mean, std, channels and invert as `preprocess` has them;
/// everything else stays as it is, line ends too. `file` names it in messages. Throws Error(input) for text
/// that is not TOML, Error(output) for text whose keys cannot be told apart line by line.
std::string with_preprocessing(const std::string& text, const Preprocess& preprocess,
                               const std::string& file);

/// The same with the file, which need not exist. Throws Error(output) if it cannot be written.
void write_preprocessing(const std::string& file, const Preprocess& preprocess);

}  // namespace nv
