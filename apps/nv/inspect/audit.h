// `nv inspect MODEL... --audit`.
#pragma once

#include <string>
#include <vector>

#include "shared/console.h"

namespace nv {

enum class AuditForm { text, json, sarif };

/// Audits `files` and prints the findings: one line each, or one document. Returns the exit code: 0 for no
/// findings, 1 for some, 3 if one of several files cannot be read (the error of a single file is thrown).
int show_audit(Console& console, const std::vector<std::string>& files, AuditForm form);

}  // namespace nv
