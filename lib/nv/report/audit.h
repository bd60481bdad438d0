// Audits as JSON of nv's own schema and as SARIF 2.1.0, for programs that collect findings.
#pragma once

#include <string>
#include <vector>

#include "nv/keras/audit.h"
#include "nv/report/json.h"

namespace nv {

/// The findings of one file, or why it could not be audited.
struct AuditedFile {
  std::string file;
  std::vector<AuditFinding> findings;
  std::string error;  ///< "" if it was audited
};

/// docs/schema/audit.json.
Json audit_json(const std::vector<AuditedFile>& files);

/// One run (OASIS, "Static Analysis Results Interchange Format Version 2.1.0") with a description of every
/// rule. `version`: of the program.
Json audit_sarif(const std::vector<AuditedFile>& files, const std::string& version);

}  // namespace nv
