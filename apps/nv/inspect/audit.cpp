#include "inspect/audit.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "nv/core/error.h"
#include "nv/core/text.h"
#include "nv/report/audit.h"
#include "shared/exit_code.h"

namespace nv {

namespace {

std::string finding_line(const Console& console, const std::string& file, const AuditFinding& f) {
  std::string text =
      fmt::format("{}: {} {}: ", one_line(file), console.bold(name(f.rule->severity)), f.rule->id);
  if (!f.place.empty()) text += f.place + ": ";
  text += f.what;
  if (!f.cves.empty()) text += fmt::format(" ({})", fmt::join(split(f.cves, ' '), ", "));
  return text + '\n';
}

std::string audit_text(const Console& console, const std::vector<AuditedFile>& files) {
  std::string text;
  std::size_t count = 0, read = 0;
  for (const AuditedFile& f : files) {
    for (const AuditFinding& finding : f.findings) text += finding_line(console, f.file, finding);
    count += f.findings.size();
    if (f.error.empty()) ++read;
  }
  return text + fmt::format("{} in {}\n",
                            count == 0 ? "nothing found" : counted(static_cast<long long>(count), "finding"),
                            counted(static_cast<long long>(read), "file"));
}

}  // namespace

int show_audit(Console& console, const std::vector<std::string>& files, AuditForm form) {
  std::vector<AuditedFile> audited;
  int exit = 0;
  for (const std::string& file : files) {
    check_interrupt();
    AuditedFile one{file, {}, {}};
    try {
      one.findings = audit_model(file, Isolation::child_process);
      if (!one.findings.empty()) exit = std::max(exit, 1);
    } catch (const Error& e) {
      if (files.size() == 1) throw;
      console.error(e.what(), e.hint());
      one.error = e.what();
      exit = exit_code(ErrorKind::input);
    }
    audited.push_back(std::move(one));
  }
  if (form == AuditForm::json)
    console.result(document(audit_json(audited)));
  else if (form == AuditForm::sarif)
    console.result(document(audit_sarif(audited, NV_VERSION)));
  else
    console.result(audit_text(console, audited));
  return exit;
}

}  // namespace nv
