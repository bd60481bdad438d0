// The structure of a model, drawn.
#pragma once

#include "nv/analysis/inspect.h"
#include "nv/figures/model/network_graph.h"
#include "nv/figures/style.h"
#include "nv/render/scene/scene.h"

namespace nv::figures {

enum class StructureDetail {
  folded,   ///< normalisation, activation and dropout belong to the layer before them; nested models are
            ///< frames; compact if the figure would not fit the page
  compact,  ///< the same with what repeats drawn once or side by side, without names
  all,      ///< every layer is a node
};

struct StructureOptions {
  StructureDetail detail = StructureDetail::folded;
  GraphLayout layout = GraphLayout::automatic;
  bool linear = false;  ///< NetworkGraph::linear
  int columns = 0;      ///< NetworkGraph::columns
};

/// Volumes for a chain of layers, a U for an encoder and a decoder, else boxes and wires. Throws Error(usage)
/// for a layout that the model does not have.
render::Scene structure_sheet(const Inspection& inspection, const StructureOptions& options = {},
                              const Style& style = {}, const render::Page& page = {});

/// The graph that is drawn.
NetworkGraph structure_graph(const Inspection& inspection, StructureDetail detail);

}  // namespace nv::figures
