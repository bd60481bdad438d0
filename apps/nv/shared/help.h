// Help texts of commands and of options that commands share.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "shared/option_set.h"

namespace nv {

/// `nv COMMAND --help`. Shared options are only listed by name, so that the text fits a screen.
std::string command_help(const OptionSet& options);

/// `nv help inputs`, `nv help pictures`: options that commands share; nullopt for an unknown topic.
std::optional<std::string> help_topic(std::string_view name);
std::vector<std::string> help_topics();

/// Groups of the options, in the order of their first options.
std::vector<std::string> groups_of(const std::vector<OptionInfo>& options);

}  // namespace nv
