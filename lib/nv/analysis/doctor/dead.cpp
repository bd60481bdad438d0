// Channels and units that are 0 for every input.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "nv/analysis/doctor/list.h"
#include "nv/core/text.h"

namespace nv::doctor {

namespace {

/// Fewer inputs may be of one kind.
constexpr std::int64_t least_for_maps = 10, least_for_units = 30;
constexpr std::int64_t least_channels = 4;

/// Shares of a layer from which dead channels are remarkable. Dense layers of good models have many dead
/// units (73 % in a VGG for CIFAR-10 of accuracy 0.73), convolutions up to a quarter.
struct Limits {
  double warning, error;
};
constexpr Limits for_maps{0.25, 0.5}, for_units{0.8, 0.9};

/// Dead units of good models are at most 2 standard deviations from a positive argument (5 for 30 inputs).
constexpr double far_from_firing = 8;
constexpr double few_far = 0.05;  // share of a layer; at least two

/// Whether the node is the end of a layer that computes features.
bool computes_features(const Examination& e, std::size_t node) {
  const NodeStructure& s = e.engine.structure().nodes[node];
  if (!s.layer || e.model().nodes[node].inputs.empty()) return false;
  const std::string_view activation = s.layer->activation();
  if (gives_probabilities(activation)) return false;
  if (!activation.empty() && activation != "linear") return true;
  // A depthwise convolution passes dead channels on.
  const std::string& kind = e.model().layer_of(e.model().nodes[node]).kind;
  return !expected_weights(s).empty() && !kind.starts_with("Depthwise");
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

/// Whether no input like these makes the ReLU's argument positive. Behind BatchNormalization training itself
/// silences channels so.
bool is_far(const Examination& e, std::size_t node, std::int64_t channel) {
  const ChannelSums& arguments = e.arguments[node];
  if (arguments.channels() <= channel) return false;
  const Node& source = e.model().node(e.model().nodes[node].inputs[0]);
  const auto below = -static_cast<double>(arguments.greatest(channel));
  const double deviation = std::sqrt(arguments.variance(channel));
  if (e.model().layer_of(source).kind == "BatchNormalization") return false;
  return below >= 0 && below >= far_from_firing * deviation;
}

std::optional<Severity> severity_of(const Examination& e, bool units, std::int64_t dead, std::int64_t far,
                                    std::int64_t all) {
  if (dead == all) return Severity::error;
  if (std::ssize(e.inputs) < (units ? least_for_units : least_for_maps)) return std::nullopt;
  const auto share = [&](std::int64_t count) {
    return static_cast<double>(count) / static_cast<double>(all);
  };
  const Limits& limits = units ? for_units : for_maps;
  if (share(dead) >= limits.error || (far >= 2 && share(far) >= few_far)) return Severity::error;
  return share(dead) >= limits.warning ? std::optional(Severity::warning) : std::nullopt;
}

/// More layers than this make one finding.
constexpr std::size_t most_findings = 3;

/// Of many layers: which is the first, and which has most.
Finding together(const std::vector<Finding>& findings) {
  const auto count = [](const Finding& f, std::size_t i) {
    return static_cast<double>(std::get<std::int64_t>(f.evidence[i].value));
  };
  const auto share = [&](const Finding& f) { return count(f, 0) / count(f, 2); };
  const Finding& most = *std::ranges::max_element(findings, {}, share);
  Finding all = findings[0];
  all.severity = std::ranges::max_element(findings, {}, &Finding::severity)->severity;
  all.what = fmt::format("{} layers have channels that are 0 for every input; the first: {}; the most: {}",
                         findings.size(), findings[0].what, most.what);
  all.evidence = {{"layers", std::ssize(findings)}};
  return all;
}

}  // namespace

std::vector<Finding> check_dead(const Examination& e) {
  std::vector<Finding> findings;
  for (std::size_t i = 0; i < e.nodes.size(); ++i) {
    const ChannelSums& sums = e.nodes[i];
    const auto& shape = e.engine.structure().nodes[i].output;
    if (!shape || sums.channels() < least_channels || !computes_features(e, i) || is_output(e, i)) continue;
    std::vector<std::int64_t> dead;
    std::int64_t far = 0;
    for (std::int64_t c = 0; c < sums.channels(); ++c) {
      if (!sums.zero(c)) continue;
      dead.push_back(c);
      far += is_far(e, i, c) ? 1 : 0;
    }
    const bool units = shape->rank() == 1;
    const auto severity = severity_of(e, units, std::ssize(dead), far, sums.channels());
    if (!severity) continue;
    findings.push_back({"",
                        *severity,
                        e.model().nodes[i].path,
                        fmt::format("{} of {} {} of {} are 0 for all {}, {} of them far from firing: {}",
                                    dead.size(), sums.channels(), units ? "units" : "channels", e.name_of(i),
                                    counted(std::ssize(e.inputs), "input"), far, list_text(dead)),
                        "check that the inputs are scaled as in the training; if they are, train again with "
                        "a smaller learning "
                        "rate or another initialisation, or remove them",
                        {{"dead", std::ssize(dead)}, {"far", far}, {"of", sums.channels()}}});
  }
  if (findings.size() > most_findings) return {together(findings)};
  return findings;
}

}  // namespace nv::doctor
