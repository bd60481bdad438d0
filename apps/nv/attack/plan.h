// Options of `nv attack`, and the attacks that they define.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "nv/analysis/attack_plan.h"

namespace nv {

/// Options as typed on the command line; "" and nullopt if not given.
struct AttackOptions {
  std::string methods, models, eps, norm, curve;
  std::vector<std::string> set;
  std::optional<std::int64_t> target, steps;
  std::optional<double> step_size;
  std::uint64_t seed = 0;
  int restarts = 1;
  bool png_safe = false;
};

/// The files of --models and --transfer, which are separated by commas.
std::vector<std::string> files_of(const std::string& list);

/// Parses "LO,HI". Throws Error(usage).
attacks::Bounds parse_bounds(const std::string& text);

/// One plan per method, in the order typed. Throws Error(usage).
std::vector<AttackPlan> attack_plans(const AttackOptions& options, const attacks::Bounds& bounds);

}  // namespace nv
