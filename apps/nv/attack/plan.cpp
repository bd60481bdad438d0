#include "attack/plan.h"

#include <algorithm>

#include "attack/shard.h"
#include "nv/core/error.h"
#include "nv/core/text.h"

namespace nv {

namespace {

attacks::Request request(const AttackOptions& options, const attacks::Method& method,
                         const attacks::Bounds& bounds) {
  attacks::Request r;
  r.bounds = bounds;
  if (!options.norm.empty()) r.norm = attacks::parse_norm(options.norm);
  if (!options.eps.empty()) r.eps = attacks::parse_eps(options.eps, bounds);
  r.target = options.target;
  r.seed = options.seed;
  r.restarts = options.restarts;
  r.png_safe = options.png_safe;
  if (options.steps) r.set.emplace_back("steps", static_cast<double>(*options.steps));
  if (options.step_size) r.set.emplace_back("step-size", *options.step_size);
  for (const std::string& text : options.set) {
    const std::size_t equals = text.find('=');
    const std::string name(trim(text.substr(0, equals)));
    if (equals == std::string::npos)
      throw Error(ErrorKind::usage, fmt::format("--set: expected NAME=VALUE, got '{}'", one_line(text)),
                  "nv attack --list shows the names");
    if (name == "steps" || name == "step-size")
      throw Error(ErrorKind::usage, fmt::format("--set: {} is a separate option", name),
                  fmt::format("--{}", name));
    const std::string_view value = std::string_view(text).substr(equals + 1);
    const std::optional<double> word = attacks::word_value(method, name, trim(value));
    r.set.emplace_back(name, word ? *word : parse_number<double>(value, "--set " + name));
  }
  return r;
}

std::vector<double> parse_curve(const std::string& text, const attacks::Bounds& bounds) {
  std::vector<double> curve;
  for (const std::string& part : split(text, ',')) curve.push_back(attacks::parse_eps(trim(part), bounds));
  return curve;
}

}  // namespace

std::vector<std::string> files_of(const std::string& list) {
  std::vector<std::string> files;
  if (list.empty()) return files;
  for (const std::string& file : split(list, ',')) files.emplace_back(trim(file));
  return files;
}

attacks::Bounds parse_bounds(const std::string& text) {
  const std::vector<std::string> parts = split(text, ',');
  if (parts.size() != 2)
    throw Error(ErrorKind::usage, fmt::format("--bounds: expected LO,HI, got '{}'", one_line(text)),
                "--bounds 0,1 or --bounds 0,255");
  return {static_cast<float>(parse_number<double>(parts[0], "--bounds")),
          static_cast<float>(parse_number<double>(parts[1], "--bounds"))};
}

std::vector<AttackPlan> attack_plans(const AttackOptions& options, const attacks::Bounds& bounds) {
  if (!options.curve.empty() && !options.eps.empty())
    throw Error(ErrorKind::usage, "attack: --eps and --curve exclude each other");
  std::vector<double> curve;
  if (!options.curve.empty()) curve = parse_curve(options.curve, bounds);
  std::vector<AttackPlan> plans;
  for (const std::string& name : split(options.methods, ',')) {
    const attacks::Method& method = attacks::find_method(trim(name));
    for (const AttackPlan& p : plans)
      if (&p.method == &method) throw_usage("--method: {} is given twice", method.name);
    if (method.joint && options.models.empty())
      throw Error(ErrorKind::usage, fmt::format("--method: {} attacks several models at once", method.name),
                  "add --models M2,M3");
    plans.push_back(plan_attack(method, request(options, method, bounds), curve));
  }
  if (!options.models.empty() &&
      std::ranges::none_of(plans, [](const AttackPlan& p) { return p.method.joint; }))
    throw Error(ErrorKind::usage, "--models: none of the methods attacks several models at once",
                "--method deepxplore");
  return plans;
}

}  // namespace nv
