// Inputs of a ranking that are faults, and how soon each metric finds them.
#pragma once

#include <cstddef>
#include <vector>

#include "nv/analysis/rank/ranking.h"

namespace nv::rank {

struct Faults {
  std::vector<bool> is_fault;  ///< by Ranking::inputs
  std::size_t count = 0;
  std::vector<double> apfd;  ///< per metric; NaN without faults
  double best_apfd = 0;      ///< of all faults first; NaN without faults

  // Of two models.
  std::size_t changed = 0;  ///< inputs with different predicted classes
  std::size_t broken = 0;   ///< inputs that only the first model gets right
  std::size_t fixed = 0;    ///< inputs that only the second model gets right
};

/// Faults are the inputs that the model gets wrong, of two models the second; without true classes those
/// whose predicted classes differ. The ranking is finished, and either every input has a true class or there
/// are two models.
Faults faults_of(const Ranking& ranking);

/// Whether two predictions are of different classes, or only one is of a class.
bool is_changed(const RankedInput& input);

}  // namespace nv::rank
