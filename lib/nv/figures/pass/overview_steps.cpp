#include "nv/figures/pass/overview_steps.h"

#include <algorithm>
#include <functional>
#include <set>

#include "nv/analysis/run.h"

namespace nv::figures {

namespace {

void add_feed(std::vector<Feed>& feeds, Feed feed) {
  const auto at = std::ranges::lower_bound(feeds, feed.from, {}, &Feed::from);
  if (at == feeds.end() || at->from != feed.from)
    feeds.insert(at, feed);
  else
    at->direct = at->direct && feed.direct;
}

/// Inputs, blocks and scores, in order of their first nodes.
std::vector<OverviewStep> all_steps(const Model& model, const Structure& structure,
                                    const std::vector<OutputKind>& outputs, std::vector<bool> kept) {
  std::vector<OverviewStep> steps;
  std::vector<bool> taken(model.nodes.size(), false);  // an output may be an input, or another output
  const auto add = [&](OverviewStep::Kind kind, const Value& value, std::size_t port) {
    const auto node = static_cast<std::size_t>(value.node);
    if (!taken[node]) steps.push_back({kind, {node, node, {}}, port, {}});
    taken[node] = true;
    kept[node] = false;
  };
  for (std::size_t i = 0; i < model.inputs.size(); ++i)
    add(OverviewStep::Kind::input, model.inputs[i].value, i);
  for (std::size_t i = 0; i < outputs.size(); ++i)
    if (outputs[i].classifies) add(OverviewStep::Kind::scores, outputs[i].value, i);
  for (const LayerBlock& block : layer_blocks(model, structure, kept, std::nullopt))
    steps.push_back({OverviewStep::Kind::layer, block, 0, {}});
  std::ranges::stable_sort(steps, {}, [](const OverviewStep& s) { return s.block.first; });
  return steps;
}

/// Sets the feeds of all steps, by walking from their nodes back to the nodes of other steps.
void connect(std::vector<OverviewStep>& steps, const Model& model) {
  std::vector<int> step_of(model.nodes.size(), -1);
  for (std::size_t s = 0; s < steps.size(); ++s) {
    steps[s].feeds.clear();
    for (std::size_t node = steps[s].block.last;;
         node = static_cast<std::size_t>(model.nodes[node].inputs[0].node)) {
      step_of[node] = static_cast<int>(s);
      if (node == steps[s].block.first) break;
    }
  }
  std::vector<std::vector<Feed>> reached(model.nodes.size());  // steps from which a node gets its values
  for (std::size_t i = 0; i < model.nodes.size(); ++i) {
    const auto step = static_cast<std::size_t>(step_of[i]);
    const bool shown = step_of[i] >= 0;
    if (shown) reached[i] = {{step_of[i], true}};
    if (shown && i != steps[step].block.first) continue;
    const bool direct = shown || only_reshapes(model.layer_of(model.nodes[i]).kind);
    for (const Value& value : model.nodes[i].inputs)
      for (const Feed& feed : reached[static_cast<std::size_t>(value.node)])
        add_feed(shown ? steps[step].feeds : reached[i], {feed.from, feed.direct && direct});
  }
}

/// Per step, whether every path from the inputs to the outputs leads through it: no edge passes it by.
std::vector<bool> on_every_path(const std::vector<OverviewStep>& steps) {
  std::vector<int> change(steps.size() + 1, 0);
  for (std::size_t to = 0; to < steps.size(); ++to)
    for (const Feed& feed : steps[to].feeds) {
      ++change[static_cast<std::size_t>(feed.from) + 1];
      --change[to];
    }
  std::vector<bool> result(steps.size());
  int passing = 0;
  for (std::size_t i = 0; i < steps.size(); ++i) result[i] = (passing += change[i]) == 0;
  return result;
}

/// Height of a step's map; 0 for a vector.
std::int64_t resolution(const OverviewStep& step, const Structure& structure) {
  const NodeStructure& node = structure.nodes[step.block.last];
  if (!node.output || node.output->rank() < 3) return 0;
  return (*node.output)[node.channels_first ? 1 : 0];
}

/// Layers that show the structure: on every path, or, if these are too few or lack a resolution (in a U-Net
/// they are all at its upper ends), also where paths fork or join, or else all.
std::vector<std::size_t> candidates(const std::vector<OverviewStep>& steps, const Model& model,
                                    const Structure& structure, std::size_t most) {
  const std::vector<bool> common = on_every_path(steps);
  std::vector<int> users(steps.size(), 0);
  for (const OverviewStep& step : steps)
    for (const Feed& feed : step.feeds) ++users[static_cast<std::size_t>(feed.from)];
  // Padding, resizing and the like only repeat the layer before.
  const auto repeats = [&](const OverviewStep& step) {
    const std::string& kind = model.layer_of(model.nodes[step.block.first]).kind;
    return step.feeds.size() < 2 && family_of(kind) == LayerFamily::other;
  };
  std::set<std::int64_t> resolutions;  // of maps of more than one position
  for (const OverviewStep& step : steps)
    if (step.kind == OverviewStep::Kind::layer && !repeats(step) && resolution(step, structure) > 1)
      resolutions.insert(resolution(step, structure));
  std::vector<std::size_t> best;
  const auto enough = [&] {
    std::set<std::int64_t> missing = resolutions;
    for (const std::size_t i : best) missing.erase(resolution(steps[i], structure));
    return 2 * best.size() >= most && missing.empty();
  };
  for (int level = 0; level < 3 && !enough(); ++level) {
    best.clear();
    for (std::size_t i = 0; i < steps.size(); ++i)
      if (steps[i].kind == OverviewStep::Kind::layer && (level == 2 || !repeats(steps[i])) &&
          (level == 2 || common[i] || (level == 1 && (users[i] > 1 || steps[i].feeds.size() > 1))))
        best.push_back(i);
  }
  return best;
}

/// `most` of `from`, evenly spaced from the first on; `to_end`: up to the last (`most` is at least 2 then).
std::vector<std::size_t> spaced(const std::vector<std::size_t>& from, std::size_t most, bool to_end) {
  if (from.size() <= most) return from;
  const std::size_t span = from.size() - (to_end ? 1 : 0), parts = most - (to_end ? 1 : 0);
  std::vector<std::size_t> chosen;
  for (std::size_t i = 0; i < most; ++i) chosen.push_back(from[i * span / parts]);
  return chosen;
}

/// `most` of the layers of `steps`: the last of each resolution, then evenly spaced others.
std::vector<std::size_t> chosen_layers(const std::vector<OverviewStep>& steps, const Model& model,
                                       const Structure& structure, std::size_t most) {
  const std::vector<std::size_t> all = candidates(steps, model, structure, most);
  if (all.size() <= most) return all;
  std::vector<std::size_t> ends, others;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const bool end = i + 1 == all.size() ||
                     resolution(steps[all[i]], structure) != resolution(steps[all[i + 1]], structure);
    (end ? ends : others).push_back(all[i]);
  }
  std::vector<std::size_t> chosen = spaced(ends, most, true);
  for (const std::size_t i : spaced(others, most - chosen.size(), false)) chosen.push_back(i);
  std::ranges::sort(chosen);
  return chosen;
}

/// Sorts the steps so that a branch follows its first step as far as it can, and renumbers the feeds.
void sort_by_branches(std::vector<OverviewStep>& steps) {
  std::vector<std::vector<std::size_t>> users(steps.size());
  std::vector<std::size_t> missing(steps.size()), ready, order;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    missing[i] = steps[i].feeds.size();
    for (const Feed& feed : steps[i].feeds) users[static_cast<std::size_t>(feed.from)].push_back(i);
  }
  for (std::size_t i = steps.size(); i-- > 0;)
    if (missing[i] == 0) ready.push_back(i);
  // The model's first input comes first.
  std::ranges::stable_sort(ready, std::greater<>(), [&steps](std::size_t i) { return steps[i].port; });
  while (!ready.empty()) {
    const std::size_t next = ready.back();
    ready.pop_back();
    order.push_back(next);
    for (std::size_t k = users[next].size(); k-- > 0;)
      if (--missing[users[next][k]] == 0) ready.push_back(users[next][k]);
  }
  std::vector<int> place(steps.size());
  for (std::size_t i = 0; i < order.size(); ++i) place[order[i]] = static_cast<int>(i);
  std::vector<OverviewStep> sorted;
  for (const std::size_t i : order) {
    for (Feed& feed : steps[i].feeds) feed.from = place[static_cast<std::size_t>(feed.from)];
    std::ranges::sort(steps[i].feeds, {}, &Feed::from);
    sorted.push_back(std::move(steps[i]));
  }
  steps = std::move(sorted);
}

}  // namespace

OverviewSteps overview_steps(const Model& model, const Structure& structure,
                             const std::vector<OutputKind>& outputs, const std::vector<bool>& kept,
                             std::size_t most) {
  OverviewSteps result;
  std::vector<OverviewStep> steps = all_steps(model, structure, outputs, kept);
  const auto layers = [](const std::vector<OverviewStep>& list) {
    return static_cast<std::size_t>(std::ranges::count(list, OverviewStep::Kind::layer, &OverviewStep::kind));
  };
  result.layers = layers(steps);
  const bool all_kept = std::ranges::find(kept, false) == kept.end();
  connect(steps, model);
  if (all_kept && steps.size() > most) {
    const bool scores =
        std::ranges::find(steps, OverviewStep::Kind::scores, &OverviewStep::kind) != steps.end();
    const std::size_t others = steps.size() - result.layers + (scores ? 1 : 0);  // these take two places
    const std::vector<std::size_t> chosen =
        chosen_layers(steps, model, structure, std::max<std::size_t>(most - std::min(most, others), 3));
    std::vector<OverviewStep> fewer;
    for (std::size_t i = 0; i < steps.size(); ++i)
      if (steps[i].kind != OverviewStep::Kind::layer || std::ranges::binary_search(chosen, i))
        fewer.push_back(std::move(steps[i]));
    steps = std::move(fewer);
    connect(steps, model);
  }
  result.shown = layers(steps);
  sort_by_branches(steps);
  result.steps = std::move(steps);
  return result;
}

}  // namespace nv::figures
