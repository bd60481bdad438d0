#include "nv/analysis/attacks/method.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <charconv>
#include <cmath>

#include "nv/core/error.h"
#include "nv/core/text.h"

namespace nv::attacks {

namespace {

std::string known_parameters(std::span<const Parameter> parameters) {
  std::string list;
  for (const Parameter& p : parameters) list += fmt::format("{}{}", list.empty() ? "" : ", ", p.name);
  return list;
}

/// The option of nv that sets a parameter.
std::string option_of(std::string_view name) {
  return name == "steps" || name == "step-size" ? fmt::format("--{}", name) : fmt::format("--set {}", name);
}

void check_value(const Method& method, const Parameter& p, double value) {
  if (!(value >= p.least && value <= p.most))
    throw_usage("{}: {} takes {} to {}, got {}", option_of(p.name), method.name, p.least, p.most, value);
  if (p.whole && value != std::floor(value))
    throw_usage("{}: {} takes a whole number, got {}", option_of(p.name), method.name, value);
}

Norm settled_norm(const Method& method, const Request& request) {
  const Norm norm = request.norm.value_or(method.norms.at(0));
  if (std::ranges::find(method.norms, norm) != method.norms.end()) return norm;
  std::string list;
  for (const Norm n : method.norms) list += fmt::format("{}{}", list.empty() ? "" : ", ", norm_name(n));
  throw Error(ErrorKind::usage, fmt::format("--norm: {} does not support {}", method.name, norm_name(norm)),
              list);
}

void check_request(const Method& method, const Request& request) {
  if (!(request.bounds.low < request.bounds.high))
    throw_usage("--bounds: expected LO below HI, got {},{}", request.bounds.low, request.bounds.high);
  if (request.eps && !(*request.eps > 0 && std::isfinite(*request.eps)))
    throw_usage("--eps: expected a positive number, got {}", *request.eps);
  if (request.target && !method.targeted) throw_usage("--target: {} has no targeted form", method.name);
  if (request.restarts > 1 && (!method.random || method.learn != nullptr || method.joint))
    throw_usage("--restarts: expected 1, as {} is deterministic", method.name);
}

}  // namespace

std::string_view group_name(Group group) {
  constexpr std::array<std::string_view, 6> names{"gradient",       "minimum-norm",         "score-based",
                                                  "decision-based", "noise and corruption", "differential"};
  return names.at(static_cast<std::size_t>(group));
}

Parameter whole(std::string_view name, double value, double least, double most, std::string_view meaning) {
  return {name, meaning, value, least, most, true, false};
}
Parameter real(std::string_view name, double value, double least, double most, std::string_view meaning) {
  return {name, meaning, value, least, most, false, false};
}
Parameter steps(double value) {
  return whole("steps", value, 1, 1e6, "steps to take");
}
Parameter step_share(double share) {
  return {"step-size", "length of a step; the default is this share of eps", share, 0, 1e6, false, true};
}

Parameter choice(std::string_view name, std::vector<std::string_view> words, std::string_view meaning) {
  const auto most = static_cast<double>(words.size() - 1);
  return {name, meaning, 0, 0, most, true, false, std::move(words)};
}

const Method& find_method(std::string_view name) {
  std::vector<std::string> names;
  for (const Method& m : methods()) {
    if (m.name == name) return m;
    names.emplace_back(m.name);
  }
  const std::string near = did_you_mean(name, names);
  throw Error(ErrorKind::usage, fmt::format("--method: no attack '{}'", one_line(name)),
              near.empty() ? "nv attack --list shows them all" : near);
}

double default_eps(Norm norm, const Bounds& bounds) {
  const auto range = static_cast<double>(bounds.range());
  switch (norm) {
    case Norm::l0:
      return 10;
    case Norm::l1:
      return 12 * range;
    case Norm::l2:
      return 0.5 * range;
    case Norm::linf:
      break;
  }
  return 8.0 / 255 * range;
}

std::optional<double> word_value(const Method& method, std::string_view name, std::string_view text) {
  for (const Norm norm : method.norms)
    for (const Parameter& p : method.parameters(norm)) {
      if (p.name != name || p.words.empty()) continue;
      const auto word = std::ranges::find(p.words, text);
      if (word != p.words.end()) return static_cast<double>(word - p.words.begin());
      std::string list;
      for (const std::string_view w : p.words) list += fmt::format("{}{}", list.empty() ? "" : ", ", w);
      throw Error(ErrorKind::usage,
                  fmt::format("--set {}: expected {}, got '{}'", name, list, one_line(text)));
    }
  return std::nullopt;
}

double parse_eps(std::string_view text, const Bounds& bounds) {
  const auto number = [&](std::string_view part) {
    double value = 0;
    const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), value);
    if (error != std::errc() || end != part.data() + part.size() || !(value > 0) || !std::isfinite(value))
      throw Error(ErrorKind::usage, fmt::format("expected a positive number, got '{}'", one_line(text)),
                  "0.1, or a share of the range: 8/255");
    return value;
  };
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) return number(text);
  return number(text.substr(0, slash)) / number(text.substr(slash + 1)) * static_cast<double>(bounds.range());
}

std::string eps_text(double eps, const Bounds& bounds) {
  constexpr std::size_t short_text = 7;
  const std::string exact = fmt::format("{}", eps);
  if (exact.size() <= short_text) return exact;
  const double parts = eps / static_cast<double>(bounds.range()) * 255, whole = std::round(parts);
  if (whole >= 1 && std::abs(parts - whole) < 1e-6 * whole) return fmt::format("{:.0f}/255", whole);
  return fmt::format("{:.4g}", eps);
}

double Settings::parameter(std::string_view name) const {
  for (const auto& [known, value] : parameters)
    if (known == name) return value;
  assert(false);  // a method reads its own parameters only
  return 0;
}

Settings settle(const Method& method, const Request& request) {
  check_request(method, request);
  Settings s{settled_norm(method, request),
             request.eps,
             request.bounds,
             request.target,
             request.seed,
             request.restarts,
             {},
             {},
             request.png_safe,
             request.bounds};
  if (!s.eps && method.scope == Scope::fixed_epsilon) s.eps = default_eps(s.norm, s.bounds);
  const std::vector<Parameter> parameters = method.parameters(s.norm);
  for (const Parameter& p : parameters)
    s.parameters.emplace_back(p.name, p.times_eps ? p.value * *s.eps : p.value);
  for (const auto& [name, value] : request.set) {
    const auto p = std::ranges::find(parameters, name, &Parameter::name);
    if (p == parameters.end())
      throw Error(ErrorKind::usage,
                  fmt::format("{}: {} has no such parameter", option_of(one_line(name)), method.name),
                  parameters.empty() ? "it has none" : "it has " + known_parameters(parameters));
    check_value(method, *p, value);
    s.parameters[static_cast<std::size_t>(p - parameters.begin())].second = value;
  }
  for (std::size_t i = 0; i < parameters.size(); ++i)
    if (const auto& words = parameters[i].words; !words.empty())
      s.words.emplace_back(parameters[i].name, words[static_cast<std::size_t>(s.parameters[i].second)]);
  return s;
}

}  // namespace nv::attacks
