#include "attack_text.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "nv/core/text.h"

namespace nv {

namespace {

/// 10000, 0.02, 0.03333.
std::string plain_text(double value) {
  return value == std::floor(value) ? fmt::format("{:.0f}", value) : fmt::format("{:.4g}", value);
}

/// light, occlusion or blackout.
std::string words_text(const attacks::Parameter& p) {
  std::string text;
  for (std::size_t i = 0; i < p.words.size(); ++i)
    text += fmt::format("{}{}", i == 0 ? "" : i + 1 == p.words.size() ? " or " : ", ", p.words[i]);
  return text;
}

std::string parameter_text(const attacks::Method& m, const attacks::Parameter& p) {
  std::string text = fmt::format("{}=", p.name);
  bool first = true;
  double last = 0;
  for (const attacks::Norm norm : m.norms)
    for (const attacks::Parameter& q : m.parameters(norm)) {
      if (q.name != p.name || (!first && q.value == last)) continue;
      text += fmt::format("{}{}", first ? "" : "|", p.words.empty() ? plain_text(q.value) : words_text(p));
      last = q.value;
      first = false;
    }
  return text + (p.times_eps ? "*eps" : "");
}

std::string parameters_text(const attacks::Method& m) {
  std::string text;
  std::vector<std::string_view> seen;
  for (const attacks::Norm norm : m.norms)
    for (const attacks::Parameter& p : m.parameters(norm)) {
      if (std::ranges::find(seen, p.name) != seen.end()) continue;
      seen.push_back(p.name);
      text += fmt::format("{}{}", text.empty() ? "" : "  ", parameter_text(m, p));
    }
  return text;
}

std::string norms_text(const attacks::Method& m) {
  std::string text;
  for (const attacks::Norm norm : m.norms)
    text += fmt::format("{}{}", text.empty() ? "" : ", ", norm_name(norm));
  return text;
}

std::string median_text(const std::vector<double>& values) {
  const auto m = median(values);
  return m ? fmt::format("{:.4g}", *m) : "-";
}

}  // namespace

std::string attack_line(const AttackResult& r) {
  const std::string start = fmt::format("{:<24} {:<8}", one_line(r.id), status_name(r.status));
  if (r.status == AttackStatus::error) return "";
  if (r.status == AttackStatus::skipped)
    return fmt::format("{} {} ({})\n", start, one_line(r.original->label), r.reason);
  std::string text = fmt::format("{} {} -> {}  L2 {:.4g}  Linf {:.4g}  L0 {:.0f}  queries {}", start,
                                 one_line(r.original->label), one_line(r.adversarial->label), r.distances.l2,
                                 r.distances.linf, r.distances.l0, r.queries);
  if (r.gradients > 0) text += fmt::format("  gradients {}", r.gradients);
  if (r.zero_gradient) text += "  every gradient is 0";
  if (r.survives_png && !*r.survives_png) text += "  lost as 8 bits";
  return text + "\n";
}

std::string attack_closing(const Talk& talk, const attacks::Method& method, const attacks::Settings& s,
                           const AttackSummary& sum, std::span<const CoverageChange> coverage) {
  std::string text = fmt::format("{}: {} of {} fooled", talk.bold(method.name), sum.succeeded, sum.attacked);
  if (sum.skipped > 0) text += fmt::format(", {} skipped", sum.skipped);
  if (s.eps)
    text += fmt::format("; {} at most {:.4g} for inputs of {:g} to {:g}", norm_name(s.norm), *s.eps,
                        s.bounds.low, s.bounds.high);
  text += fmt::format("\nmedians  L0 {}  L1 {}  L2 {}  Linf {}\n", median_text(sum.l0), median_text(sum.l1),
                      median_text(sum.l2), median_text(sum.linf));
  if (sum.with_truth > 0)
    text +=
        fmt::format("accuracy {:.4f} before, {:.4f} after\n", sum.clean_accuracy(), sum.robust_accuracy());
  if (sum.pictures > sum.survived)
    text += fmt::format("{} of {} no longer fool once saved as 8 bits\n", sum.pictures - sum.survived,
                        sum.pictures);
  if (sum.zero_gradient > 0)
    text += fmt::format("{} had no gradient to follow: every one was 0\n", sum.zero_gradient);
  for (const CoverageChange& c : coverage)
    text += fmt::format("neuron coverage of {}: {:.4f} before, {:.4f} after (of {} neurons)\n",
                        one_line(c.file), c.before, c.after, c.neurons);
  return text;
}

std::string attack_list_text(const Talk& talk) {
  std::string text;
  std::string_view group;
  for (const attacks::Method& m : attacks::methods()) {
    if (const std::string_view name = attacks::group_name(m.group); name != group) {
      text += fmt::format("{}{}\n", text.empty() ? "" : "\n", talk.bold(name));
      group = name;
    }
    text += fmt::format("  {:<16}{} ({}{}{})\n", m.name, m.summary, norms_text(m),
                        m.scope == attacks::Scope::minimum_norm ? ", smallest change" : "",
                        m.targeted ? ", --target" : "");
    if (const std::string parameters = parameters_text(m); !parameters.empty())
      text += fmt::format("  {:<16}{}\n", "", parameters);
    text += fmt::format("  {:<16}{}\n", "", talk.dim(m.reference));
  }
  return text;
}

}  // namespace nv
