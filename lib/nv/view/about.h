// What a page of `nv view` holds of a model in addition to the model itself: the names of its classes, and
// how pictures become its inputs.
#pragma once

#include <string>
#include <vector>

#include "nv/data/preprocess.h"
#include "nv/model/config.h"

namespace nv::view {

struct About {
  std::vector<std::string> labels;  ///< empty: classes are numbers
  Preprocess preprocess;
};

/// For pack_model.
Config to_config(const About& about);
/// The inverse. Untrusted: throws Error(input) for anything that to_config does not write.
About from_config(const Config& config);

}  // namespace nv::view
