// Man pages and shell completions, from the option definitions of the commands.
#pragma once

#include <string>

namespace nv {

/// Writes nv.1, nv-COMMAND.1, nv.bash, _nv (zsh) and nv.fish into `folder`.
void generate_docs(const std::string& folder);

}  // namespace nv
