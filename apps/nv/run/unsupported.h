// nv run of models with layers that are not supported: up to the first of them.
#pragma once

#include <vector>

#include "nv/analysis/prediction.h"
#include "nv/engine/engine.h"
#include "shared/batch.h"
#include "shared/console.h"

namespace nv {

/// If all `selected` nodes come before the first unsupported layer: removes the outputs after it, with a note
/// that names the layer.
void leave_out_unsupported(std::vector<OutputKind>& outputs, const std::vector<bool>& selected,
                           const Engine& engine, const Console& console);

/// Engine::forward; if a layer is not supported, the error's hint names the last layer before it.
Trace forward_or_hint(Engine& engine, const Batch& batch, const std::vector<bool>& keep);

}  // namespace nv
