// Short texts for layers in drawings of a model.
#pragma once

#include <cstddef>
#include <string>

#include "nv/analysis/inspect.h"

namespace nv::figures {

/// "Conv2D 3 × 3, /2": the kind with its window, and its stride if it is neither 1 nor the window.
std::string kind_words(const Inspection& in, std::size_t node);

/// "conv3-64 /2", "dense-10", "maxpool2", "concat": kernel size and number of filters, as papers write them.
std::string brief_words(const Inspection& in, std::size_t node);

}  // namespace nv::figures
