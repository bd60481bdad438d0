// A model as files for Google's Model Explorer (github.com/google-ai-edge/model-explorer).
#pragma once

#include "nv/analysis/inspect.h"
#include "nv/report/json.h"

namespace nv {

/// The graph, which Model Explorer opens as a JSON file: a node per call of a layer, in nested layers by the
/// parts of its path, with shapes along the edges, and options, parameters and multiply-adds as attributes.
Json explorer_graph(const Inspection& inspection);

/// Node data for that graph, which Model Explorer shows as colours: the parameters of each layer (of a shared
/// one, at its first call).
Json explorer_parameters(const Inspection& inspection);
/// The same of multiply-adds per input, where they are known.
Json explorer_macs(const Inspection& inspection);

}  // namespace nv
