// Audits as documents: JSON of our own, and SARIF 2.1.0 for the programs that gather such findings.
#pragma once

#include <string>
#include <vector>

#include "nv/keras/audit.h"
#include "nv/report/json.h"

namespace nv {

/// One file that was looked through, or why it could not be.
struct AuditedFile {
  std::string file;
  std::vector<AuditFinding> findings;
  std::string error;  ///< "" where it was
};

/// docs/schema/audit.json.
Json audit_json(const std::vector<AuditedFile>& files);

/// One run (OASIS, "Static Analysis Results Interchange Format Version 2.1.0"), every rule described.
/// `version` is the program's.
Json audit_sarif(const std::vector<AuditedFile>& files, const std::string& version);

}  // namespace nv
