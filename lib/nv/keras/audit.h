// Audits a model file for what it would make Keras do besides computing: run code, open files, allocate
// memory.
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

/// A kind of finding.
struct AuditRule {
  std::string_view id;  ///< "lambda-bytecode": stable, for scripts
  AuditSeverity severity;
  std::string_view title;  ///< one line, for any file
  std::string_view cves;   ///< "CVE-2024-3660 CVE-2025-9905"; "" if there is none
  std::string_view help;   ///< what it means and what to do
};

/// All rules in the order of docs/audit.md.
std::span<const AuditRule> audit_rules();
/// The rule with that id, which must exist.
const AuditRule& audit_rule(std::string_view id);

struct AuditFinding {
  const AuditRule* rule = nullptr;
  std::string place;      ///< layer, entry, dataset or key in the file; "" for the whole file
  std::string what;       ///< one line, for this file
  std::string_view cves;  ///< those of the rule that apply to this kind of file
};

/// Audits a model file (.h5, .keras, weights alone, or an architecture as JSON) without running code or
/// following links. The model need not be one that nv can run. Returns at most 1000 findings, in the order of
/// the file. Throws Error(input): missing, not a model file, or too damaged to be opened.
std::vector<AuditFinding> audit_model(const std::string& file, Isolation isolation = Isolation::none);

}  // namespace nv
