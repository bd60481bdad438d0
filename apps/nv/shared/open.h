// Opens model files, which are untrusted, in a child process first.
#pragma once

#include <string>

#include "nv/keras/reader.h"
#include "shared/stage.h"

namespace nv {

/// open_model with Isolation::child_process. `weights`: the file of --weights, "" for none.
inline Model open_untrusted(const std::string& file, const std::string& weights = {},
                            WeightUse use = WeightUse::read) {
  const Stage stage("opening models");
  return open_model(file, {.weights = weights, .use = use, .isolation = Isolation::child_process});
}

}  // namespace nv
