// Whether nv can compute a model, before anything is computed.
#pragma once

#include <string>
#include <vector>

#include "nv/layers/structure.h"
#include "nv/model/model.h"

namespace nv {

/// Why a node cannot be computed.
struct Obstacle {
  std::string problem, hint;  ///< "" if it can
  bool unsupported = false;   ///< a limit of nv, not an error of the file
};

/// By node: a kind or an option that nv lacks, an option that makes no sense, weights that are missing or of
/// another shape. Reads no weights. Nodes after such a one have an obstacle of their own only.
std::vector<Obstacle> obstacles(const Model& model, const Structure& structure);

/// Throws the Error of Engine::forward for the first node with an obstacle.
void check_computable(const Model& model, const Structure& structure);

}  // namespace nv
