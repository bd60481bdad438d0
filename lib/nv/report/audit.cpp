#include "nv/report/audit.h"

#include <array>
#include <cctype>
#include <nlohmann/json.hpp>

#include "nv/core/error.h"
#include "nv/core/text.h"

namespace nv {

namespace {

Json cve_list(std::string_view cves) {
  Json list = Json::array();
  for (const std::string& cve : split(cves, ' '))
    if (!cve.empty()) list.push_back(cve);
  return list;
}

Json finding_json(const std::string& file, const AuditFinding& f) {
  return {{"file", file},
          {"rule", f.rule->id},
          {"severity", name(f.rule->severity)},
          {"place", f.place},
          {"what", f.what},
          {"title", f.rule->title},
          {"cves", cve_list(f.cves)}};
}

/// SARIF's level, and the security severity from 0 to 10 by which code hosts sort.
std::pair<const char*, const char*> sarif_level(AuditSeverity severity) {
  switch (severity) {
    case AuditSeverity::high:
      return {"error", "8.8"};
    case AuditSeverity::medium:
      return {"warning", "5.5"};
    default:
      return {"note", "2.0"};
  }
}

std::string help_uri(const AuditRule& rule) {
  if (rule.cves.empty()) return "https://keras.io/guides/serialization_and_saving/";
  return "https://www.cve.org/CVERecord?id=" + split(rule.cves, ' ')[0];
}

Json sarif_rule(const AuditRule& rule) {
  const auto [level, score] = sarif_level(rule.severity);
  Json tags = cve_list(rule.cves);
  tags.insert(tags.begin(), "security");
  return {{"id", rule.id},
          {"shortDescription", {{"text", std::string(rule.title) + "."}}},
          {"fullDescription", {{"text", rule.help}}},
          {"help", {{"text", rule.help}}},
          {"helpUri", help_uri(rule)},
          {"defaultConfiguration", {{"level", level}}},
          {"properties", {{"security-severity", score}, {"tags", std::move(tags)}}}};
}

/// A path as a URI reference (RFC 3986); absolute paths begin with file://.
std::string uri(const std::string& file) {
  std::string text = file.starts_with('/') ? "file://" : "";
  for (const char c : file) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) != 0 || std::string_view("-._~/").find(c) != std::string_view::npos)
      text += c;
    else
      text += fmt::format("%{:02X}", byte);
  }
  return text;
}

Json sarif_result(const std::string& file, const AuditFinding& f) {
  Json location{{"physicalLocation", {{"artifactLocation", {{"uri", uri(file)}}}}}};
  if (!f.place.empty()) location["logicalLocations"] = Json::array({{{"fullyQualifiedName", f.place}}});
  return {{"ruleId", f.rule->id},
          {"ruleIndex", f.rule - audit_rules().data()},
          {"level", sarif_level(f.rule->severity).first},
          {"message", {{"text", f.place.empty() ? f.what : f.place + ": " + f.what}}},
          {"locations", Json::array({std::move(location)})}};
}

}  // namespace

Json audit_json(const std::vector<AuditedFile>& files) {
  Json json{{"schema", schema_id("audit")}, {"files", Json::array()}, {"findings", Json::array()}};
  std::array<std::size_t, 3> counts{};
  for (const AuditedFile& f : files) {
    Json one{{"file", f.file}};
    if (f.error.empty())
      one["findings"] = f.findings.size();
    else
      one["error"] = f.error;
    json["files"].push_back(std::move(one));
    for (const AuditFinding& finding : f.findings) {
      json["findings"].push_back(finding_json(f.file, finding));
      ++counts.at(static_cast<std::size_t>(finding.rule->severity));
    }
  }
  json["summary"] = {{"files", files.size()},
                     {"findings", json["findings"].size()},
                     {"high", counts[2]},
                     {"medium", counts[1]},
                     {"low", counts[0]}};
  return json;
}

Json audit_sarif(const std::vector<AuditedFile>& files, const std::string& version) {
  Json rules = Json::array(), results = Json::array(), failures = Json::array();
  for (const AuditRule& rule : audit_rules()) rules.push_back(sarif_rule(rule));
  for (const AuditedFile& f : files) {
    for (const AuditFinding& finding : f.findings) results.push_back(sarif_result(f.file, finding));
    if (!f.error.empty()) failures.push_back({{"level", "error"}, {"message", {{"text", f.error}}}});
  }
  Json invocation{{"executionSuccessful", failures.empty()}};
  if (!failures.empty()) invocation["toolExecutionNotifications"] = std::move(failures);
  Json run{{"tool",
            {{"driver",
              {{"name", "nv inspect --audit"}, {"semanticVersion", version}, {"rules", std::move(rules)}}}}},
           {"invocations", Json::array({std::move(invocation)})},
           {"results", std::move(results)}};
  return {{"$schema", "https://json.schemastore.org/sarif-2.1.0.json"},
          {"version", "2.1.0"},
          {"runs", Json::array({std::move(run)})}};
}

}  // namespace nv
