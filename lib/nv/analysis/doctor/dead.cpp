// Channels and units that are 0 for every input.
#include <fmt/format.h>

#include <algorithm>

#include "nv/analysis/doctor/list.h"
#include "nv/core/text.h"

namespace nv::doctor {

namespace {

/// Fewer inputs may be of one kind.
constexpr std::size_t least_for_maps = 10, least_for_units = 30;
constexpr std::int64_t least_channels = 4;

/// Shares of a layer from which dead channels are remarkable. Dense layers of good models have many dead
/// units (73 % in a VGG for CIFAR-10 of accuracy 0.73), convolutions few (11 %).
struct Limits {
  double warning, error;
};
constexpr Limits for_maps{0.15, 0.25}, for_units{0.8, 0.9};

/// Whether the node is the end of a layer that computes features.
bool computes_features(const Examination& e, std::size_t node) {
  const NodeStructure& s = e.engine.structure().nodes[node];
  if (!s.layer || e.model().nodes[node].inputs.empty()) return false;
  const std::string_view activation = s.layer->activation();
  if (gives_probabilities(activation)) return false;
  return !activation.empty() || !expected_weights(s).empty();
}

bool is_output(const Examination& e, std::size_t node) {
  return std::ranges::any_of(e.model().outputs,
                             [&](const Port& p) { return p.value.node == static_cast<int>(node); });
}

std::string list_text(const std::vector<std::int64_t>& channels) {
  constexpr std::size_t most = 8;
  std::string text;
  for (std::size_t i = 0; i < std::min(most, channels.size()); ++i)
    text += fmt::format("{}{}", i > 0 ? ", " : "", channels[i]);
  return channels.size() > most ? text + ", …" : text;
}

}  // namespace

std::vector<Finding> check_dead(const Examination& e) {
  std::vector<Finding> findings;
  for (std::size_t i = 0; i < e.nodes.size(); ++i) {
    const ChannelSums& sums = e.nodes[i];
    const auto& shape = e.engine.structure().nodes[i].output;
    if (!shape || sums.channels() < least_channels || !computes_features(e, i) || is_output(e, i)) continue;
    const bool units = shape->rank() == 1;
    if (e.inputs.size() < (units ? least_for_units : least_for_maps)) continue;
    std::vector<std::int64_t> dead;
    for (std::int64_t c = 0; c < sums.channels(); ++c)
      if (sums.zero(c)) dead.push_back(c);
    const Limits& limits = units ? for_units : for_maps;
    const double share = static_cast<double>(dead.size()) / static_cast<double>(sums.channels());
    if (share < limits.warning) continue;
    findings.push_back({"",
                        share < limits.error ? Severity::warning : Severity::error,
                        e.model().nodes[i].path,
                        fmt::format("{} of {} {} of {} are 0 for all {}: {}", dead.size(), sums.channels(),
                                    units ? "units" : "channels", e.name_of(i),
                                    counted(std::ssize(e.inputs), "input"), list_text(dead)),
                        "train again with a smaller learning rate or another initialisation, or remove them",
                        {{"dead", std::ssize(dead)}, {"of", sums.channels()}}});
  }
  return findings;
}

}  // namespace nv::doctor
