#include "shared/gate.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "nv/core/error.h"
#include "nv/core/text.h"

namespace nv {

Gate parse_gate(const std::string& text, std::string_view option, std::span<const std::string_view> figures) {
  const std::size_t equals = text.find('=');
  Gate gate{text.substr(0, equals), 0};
  std::size_t used = 0;
  try {
    gate.bound = std::stod(equals == std::string::npos ? "" : text.substr(equals + 1), &used);
  } catch (const std::logic_error&) {
    used = 0;
  }
  if (used == 0 || equals + 1 + used != text.size() || !std::isfinite(gate.bound))
    throw Error(ErrorKind::usage, fmt::format("{}: expected FIGURE=NUMBER, got '{}'", option, one_line(text)),
                fmt::format("{} {}=0.9", option, figures.front()));
  if (std::ranges::find(figures, gate.figure) == figures.end())
    throw Error(ErrorKind::usage, fmt::format("{}: no figure '{}'", option, one_line(gate.figure)),
                fmt::format("{}", fmt::join(figures, ", ")));
  return gate;
}

void GateOption::declare(const OptionGroup& group, const std::string& description) {
  std::vector<std::string> prefixes;
  for (const std::string_view figure : figures_) prefixes.push_back(fmt::format("{}=", figure));
  group.add_repeated(name_, texts_, "FIGURE=N", description)
      .suggests(prefixes)
      .check([this](const std::string& text) { (void)parse_gate(text, name_, figures_); });
}

void GateOption::parse() {
  for (const std::string& text : texts_) gates_.push_back(parse_gate(text, name_, figures_));
}

}  // namespace nv
