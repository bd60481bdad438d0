// Options that several commands share.
#pragma once

#include "nv/engine/engine.h"
#include "shared/console.h"
#include "shared/option_set.h"

namespace nv {

/// --exact and --threads, in the group "Computing".
void declare_computing(OptionSet& options, EngineOptions& engine);

/// --quiet, --verbose, --color and --max-memory, which every command has, in the group "Messages".
void declare_messages(OptionSet& options, Console& console);

/// --weights, of every command that opens a model.
void declare_weights(const OptionGroup& group, std::string& file);

}  // namespace nv
