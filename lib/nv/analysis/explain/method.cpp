#include "nv/analysis/explain/method.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "nv/analysis/explain/list.h"
#include "nv/core/error.h"
#include "nv/core/text.h"

namespace nv::explain {

double Settings::parameter(std::string_view name) const {
  for (const auto& [known, value] : parameters)
    if (known == name) return value;
  throw_usage("no parameter '{}'", name);
}

std::vector<Tensor> Task::item(std::size_t i) const {
  std::vector<Tensor> item;
  for (const Tensor& input : inputs) item.push_back(input.item(static_cast<std::int64_t>(i)));
  return item;
}

bool Method::has_parameter(std::string_view parameter) const {
  return (smooths && parameter == "base") ||
         std::ranges::find(parameters, parameter, &Parameter::name) != parameters.end();
}

Method make_method(std::string_view name, std::string_view summary, std::string_view reference,
                   std::vector<Explanation> (*run)(const Task& task)) {
  Method m;
  m.name = name;
  m.summary = summary;
  m.reference = reference;
  m.run = run;
  return m;
}

std::span<const Method> methods() {
#define NV_CALL(name) name(),
  static const std::vector<Method> all{NV_EXPLAINERS(NV_CALL)};
#undef NV_CALL
  return all;
}

const Method& find_method(std::string_view name, std::string_view option) {
  std::vector<std::string> names;
  for (const Method& m : methods()) {
    if (m.name == name) return m;
    names.emplace_back(m.name);
  }
  const std::string hint = did_you_mean(name, names);
  throw Error(ErrorKind::usage, fmt::format("{}: no method '{}'", option, one_line(name)),
              hint.empty() ? "nv explain --list shows them" : hint);
}

namespace {

double parse_value(const Parameter& p, const std::string& text) {
  char* end = nullptr;
  const double value = std::strtod(text.c_str(), &end);
  if (text.empty() || *end != '\0' || !(value >= p.least && value <= p.most) ||
      (p.whole && value != std::floor(value)))
    throw_usage("--set {}: expected a {}number from {} to {}, got '{}'", p.name, p.whole ? "whole " : "",
                p.least, p.most, one_line(text));
  return value;
}

}  // namespace

Settings settle(const Method& method, std::span<const std::pair<std::string, std::string>> set) {
  Settings settings;
  for (std::size_t i = 0; i < set.size(); ++i)
    for (std::size_t k = 0; k < i; ++k)
      if (set[k].first == set[i].first) throw_usage("--set: {} is given twice", one_line(set[i].first));
  for (const Parameter& p : method.parameters) settings.parameters.emplace_back(p.name, p.value);
  for (const auto& [name, text] : set) {
    if (name == "base" && method.smooths) {
      const Method& base = find_method(text, "--set base");
      if (base.smooths || base.needs_layer || base.needs_image || base.needs_background)
        throw Error(ErrorKind::usage, fmt::format("--set base: {} cannot be smoothed", base.name),
                    "gradient, gradient-input, integrated-gradients, guided-backprop, lrp");
      settings.base = base.name;
      continue;
    }
    const auto p = std::ranges::find(method.parameters, name, &Parameter::name);
    if (p == method.parameters.end()) {
      std::string names = method.smooths ? "base" : "";
      for (const Parameter& known : method.parameters)
        names += (names.empty() ? "" : ", ") + std::string(known.name);
      throw Error(ErrorKind::usage,
                  fmt::format("--set: {} has no parameter '{}'", method.name, one_line(name)),
                  names.empty() ? "it has none" : "it has " + names);
    }
    settings.parameters[static_cast<std::size_t>(p - method.parameters.begin())].second =
        parse_value(*p, text);
  }
  return settings;
}

}  // namespace nv::explain
