// The structure of a model, drawn.
#pragma once

#include "nv/analysis/inspect.h"
#include "nv/figures/model/network_graph.h"
#include "nv/figures/style.h"
#include "nv/render/scene/scene.h"

namespace nv::figures {

enum class StructureDetail {
  folded,  ///< normalisation, activation and dropout belong to the layer before them; nested models are
           ///< frames
  all,     ///< every layer is a node
};

/// Volumes in rows for a chain of layers, else boxes and wires.
render::Scene structure_sheet(const Inspection& inspection, StructureDetail detail = StructureDetail::folded,
                              const Style& style = {}, const render::Page& page = {});

/// The graph that is drawn.
NetworkGraph structure_graph(const Inspection& inspection, StructureDetail detail);

}  // namespace nv::figures
