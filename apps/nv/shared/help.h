// The help of commands, and of what many commands have in common.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "shared/option_set.h"

namespace nv {

/// `nv COMMAND --help`. Options that many commands share are only named, so that a command's own fit a
/// screen.
std::string command_help(const OptionSet& options);

/// `nv help inputs`, `nv help pictures`: the options that commands share; nullopt for no such topic.
std::optional<std::string> help_topic(std::string_view name);

}  // namespace nv
