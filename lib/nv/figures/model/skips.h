// Chains of layers with connections that skip some of them, as in residual networks.
#pragma once

#include <optional>

#include "nv/figures/model/network_graph.h"

namespace nv::figures {

/// The longest path of a network as its nodes, in their order, and as edges the steps along it and the
/// connections that skip layers. Layers on such a connection (a projection) become part of the text of the
/// node where it ends: "add (skip: conv1-64 /2)"; padding is left out. A chain has no such connections.
///
/// nullopt for a graph with frames, several inputs or outputs, nodes with more than two inputs, more than two
/// layers on a connection, or a connection that skips a change of resolution, but for one at its start.
std::optional<NetworkGraph> chain_with_skips(const NetworkGraph& graph);

}  // namespace nv::figures
