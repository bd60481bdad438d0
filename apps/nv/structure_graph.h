// The structure of a model as a graph to draw.
#pragma once

#include "nv/analysis/inspect.h"
#include "nv/render/graph.h"

namespace nv {

/// Layers with what folds into them, nested models as frames.
render::Graph folded_graph(const Inspection& inspection);

/// Every layer a node.
render::Graph whole_graph(const Inspection& inspection);

}  // namespace nv
