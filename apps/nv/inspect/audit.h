// `nv inspect MODEL... --audit`.
#pragma once

#include <string>
#include <vector>

#include "shared/console.h"

namespace nv {

enum class AuditForm { text, json, sarif };

/// Looks through `files` and tells what it found: a line each, or one document. 0 where that is nothing, 1
/// where something was found, 3 where one of several files cannot be read (of one alone, its error is
/// thrown).
int show_audit(Console& console, const std::vector<std::string>& files, AuditForm form);

}  // namespace nv
