// Gates for CI: --fail-below accuracy=0.9, --fail-above relative_l2=1e-3.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "nv/analysis/gate.h"
#include "shared/option_set.h"

namespace nv {

/// Parses "FIGURE=NUMBER", FIGURE one of `figures`. Throws Error(usage) with the option's name, and an
/// example as the hint.
Gate parse_gate(const std::string& text, std::string_view option, std::span<const std::string_view> figures);

/// Option for gates, can be repeated.
class GateOption {
 public:
  /// `figures` must outlive the option.
  GateOption(std::string name, std::span<const std::string_view> figures)
      : name_(std::move(name)), figures_(figures) {}

  void declare(const OptionGroup& group, const std::string& description);
  /// Call once, after the command line is parsed. Throws as parse_gate.
  void parse();
  bool given() const { return !texts_.empty(); }
  const std::vector<Gate>& gates() const { return gates_; }

 private:
  std::string name_;
  std::span<const std::string_view> figures_;
  std::vector<std::string> texts_;
  std::vector<Gate> gates_;
};

}  // namespace nv
