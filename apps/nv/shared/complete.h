// Completion of command lines, for the completion functions of shells.
#pragma once

#include <string>
#include <vector>

namespace nv {

/// Completes the last of `words`, which may be empty; the first is the program ("nv", "nv-run"). The text is
/// for shells: a line "values", or "files" if names of files are possible too, followed by " nospace" if more
/// text belongs to the word; then a line "WORD<tab>DESCRIPTION" per candidate. Candidates begin with the last
/// word. Does not throw for command lines that are wrong or models that cannot be read.
std::string complete(const std::vector<std::string>& words);

}  // namespace nv
