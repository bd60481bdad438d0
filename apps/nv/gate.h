// Gates for CI: --fail-below accuracy=0.9, --fail-above relative_l2=1e-3.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace nv {

/// A bound that a figure must keep.
struct Gate {
  std::string figure;
  double bound = 0;
};

/// "FIGURE=NUMBER", FIGURE one of `figures`. Throws Error(usage), naming the option, with an example as the
/// hint.
Gate parse_gate(const std::string& text, std::string_view option, std::span<const std::string_view> figures);

}  // namespace nv
