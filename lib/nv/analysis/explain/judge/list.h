// All measures. A new one is a file here that defines `Measure NAME()`, and a line in this list.
#pragma once

#include "nv/analysis/explain/judge/measure.h"

/// Expands MEASURE(NAME) for each, in the order of the table.
#define NV_MEASURES(MEASURE) \
  MEASURE(deletion)          \
  MEASURE(insertion)         \
  MEASURE(pixel_flipping)    \
  MEASURE(infidelity)        \
  MEASURE(scaled_infidelity) \
  MEASURE(max_sensitivity)   \
  MEASURE(sparseness)        \
  MEASURE(complexity)        \
  MEASURE(random_logit)      \
  MEASURE(randomisation)

namespace nv::explain::judge {

#define NV_DECLARE(name) Measure name();
NV_MEASURES(NV_DECLARE)
#undef NV_DECLARE

}  // namespace nv::explain::judge
