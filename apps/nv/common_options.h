// Options that several commands have in the same words.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "nv/engine/engine.h"
#include "talk.h"

namespace nv {

/// --exact and --threads, in the group "Computing".
void declare_computing(CLI::App& app, EngineOptions& options);

/// --quiet, --verbose and --color, which every command has, in the group "Talk".
void declare_talk(CLI::App& app, Talk& talk);

/// An option that may be repeated and takes one value each time, so that inputs may follow it.
CLI::Option* add_repeated(CLI::App& app, const std::string& name, std::vector<std::string>& values,
                          const std::string& description);

}  // namespace nv
