// Options that several commands have in the same words.
#pragma once

#include <string>
#include <vector>

#include "nv/engine/engine.h"
#include "option_set.h"
#include "talk.h"

namespace nv {

/// --exact and --threads, in the group "Computing".
void declare_computing(OptionSet& options, EngineOptions& engine);

/// --quiet, --verbose and --color, which every command has, in the group "Talk".
void declare_talk(OptionSet& options, Talk& talk);

}  // namespace nv
