// What a model file would make Keras do besides computing: code it carries, files it names, sizes it claims.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "nv/keras/isolation.h"

namespace nv {

enum class AuditSeverity { low, medium, high };

/// "low", "medium", "high".
std::string_view name(AuditSeverity severity);

/// One thing to look for.
struct AuditRule {
  std::string_view id;  ///< "lambda-bytecode": stable, for scripts
  AuditSeverity severity;
  std::string_view title;  ///< one line, of files in general
  std::string_view cves;   ///< "CVE-2024-3660 CVE-2025-9905"; "" where there is none
  std::string_view help;   ///< what it means, and what to do
};

/// All of them, in the order of docs/audit.md.
std::span<const AuditRule> audit_rules();
/// The rule of that id, which must be one of the table.
const AuditRule& audit_rule(std::string_view id);

struct AuditFinding {
  const AuditRule* rule = nullptr;
  std::string place;      ///< layer, entry, dataset or key within the file; "" for the whole file
  std::string what;       ///< of this file, one line
  std::string_view cves;  ///< of the rule, or those of them that the kind of file is open to
};

/// Looks through a model file without running, following or unpacking what it holds: .h5, .keras, weights
/// alone, or an architecture as JSON. What nv itself refuses to run is looked through all the same. Findings
/// come in the order of the file, at most 1000 of them. Throws Error(input): missing, of no kind that holds a
/// model, or too damaged for the container to be read.
std::vector<AuditFinding> audit_model(const std::string& file, Isolation isolation = Isolation::none);

}  // namespace nv
