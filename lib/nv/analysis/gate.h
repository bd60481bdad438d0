// Bounds on figures of a result, for tests of a model: accuracy at least 0.9, relative L2 at most 1e-3.
#pragma once

#include <string>

namespace nv {

struct Gate {
  std::string figure;  ///< its name in JSON: "accuracy", "relative_l2"
  double bound = 0;
};

/// Whether a figure keeps a lower bound; NaN does not.
inline bool is_at_least(double value, const Gate& gate) {
  return value >= gate.bound;
}

/// Whether a figure keeps an upper bound; NaN does not.
inline bool is_at_most(double value, const Gate& gate) {
  return value <= gate.bound;
}

}  // namespace nv
