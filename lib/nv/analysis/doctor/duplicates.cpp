// Inputs that are there more than once.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "nv/analysis/doctor/list.h"
#include "nv/core/text.h"

namespace nv::doctor {

namespace {

constexpr double many = 0.02;  // share of the inputs

}  // namespace

std::vector<Finding> check_duplicates(const Examination& e) {
  std::map<std::string_view, const ExaminedInput*> first;
  std::int64_t copies = 0, conflicts = 0;
  std::string example;
  for (const ExaminedInput& input : e.inputs) {
    const auto [at, is_new] = first.emplace(input.hash, &input);
    if (is_new) continue;
    ++copies;
    if (example.empty()) example = fmt::format("{} is {}", one_line(input.id), one_line(at->second->id));
    conflicts += input.truth == at->second->truth ? 0 : 1;
  }
  if (copies == 0) return {};
  Finding f;
  const double share = static_cast<double>(copies) / static_cast<double>(e.inputs.size());
  f.severity = share > many || conflicts > 0 ? Severity::error : Severity::warning;
  f.what = fmt::format("{} of {} are the same as one before: {}", copies,
                       counted(std::ssize(e.inputs), "input"), example);
  if (conflicts > 0) f.what += fmt::format("; {} of them have another true class", conflicts);
  f.advice = "remove them: they count twice in every figure";
  f.evidence = {{"copies", copies}, {"of", std::ssize(e.inputs)}, {"conflicting", conflicts}};
  return {f};
}

}  // namespace nv::doctor
