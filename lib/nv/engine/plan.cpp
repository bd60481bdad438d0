#include "nv/engine/plan.h"

#include <algorithm>
#include <utility>

#include "nv/core/error.h"

namespace nv {

namespace {

std::size_t index(const Value& v) {
  return static_cast<std::size_t>(v.node);
}

/// The kept nodes and all that they depend on.
std::vector<bool> needed_for(const Model& model, const std::vector<bool>& keep) {
  std::vector<bool> needed = keep;
  for (std::size_t i = model.nodes.size(); i-- > 0;)
    if (needed[i])
      for (const Value& v : model.nodes[i].inputs) needed[index(v)] = true;
  return needed;
}

class Planner {
 public:
  Planner(const Model& model, const Structure& structure, const std::vector<bool>& keep)
      : model_(model), structure_(structure), shapes_(model.nodes.size()), users_(model.nodes.size()) {
    plan_.keep = keep.empty() ? std::vector<bool>(model.nodes.size(), true) : keep;
    plan_.needed = needed_for(model, plan_.keep);
    for (std::size_t i = 0; i < model.nodes.size(); ++i)
      if (plan_.needed[i])
        for (const Value& v : model.nodes[i].inputs) users_[index(v)].push_back(i);
  }

  ExecutionPlan plan(std::span<const Shape> inputs, const std::vector<bool>& altered) {
    find_shapes(inputs);
    find_steps(altered);
    find_storage();
    find_last_uses();
    count_numbers();
    return std::move(plan_);
  }

 private:
  void find_shapes(std::span<const Shape> inputs);
  void find_steps(const std::vector<bool>& altered);
  std::optional<std::size_t> next_follower(const PlanStep& step, const std::vector<bool>& done) const;
  void find_storage();
  void find_last_uses();
  void count_numbers();

  const Model& model_;
  const Structure& structure_;
  std::vector<std::optional<Shape>> shapes_;     ///< of each node's output
  std::vector<std::vector<std::size_t>> users_;  ///< needed nodes that take the node's output
  ExecutionPlan plan_;
};

void Planner::find_shapes(std::span<const Shape> inputs) {
  for (std::size_t p = 0; p < inputs.size(); ++p) shapes_[index(model_.inputs[p].value)] = inputs[p];
  for (std::size_t i = 0; i < model_.nodes.size(); ++i) {
    const Node& node = model_.nodes[i];
    if (!plan_.needed[i] || node.inputs.empty() || !structure_.nodes[i].layer) continue;
    std::vector<Shape> from;
    for (const Value& v : node.inputs)
      if (const auto& shape = shapes_[index(v)]) from.push_back(*shape);
    if (from.size() != node.inputs.size()) continue;
    try {
      shapes_[i] = structure_.nodes[i].layer->shape(from);
    } catch (const Error&) {  // running it throws
    }
  }
}

/// A node that takes outputs of the step and can be computed from its rows and outputs that are `done`.
std::optional<std::size_t> Planner::next_follower(const PlanStep& step, const std::vector<bool>& done) const {
  const auto follows = [&](std::size_t i) {
    if (done[i] || !shapes_[i] || !(*shapes_[i] == step.shape)) return false;
    std::vector<Shape> from;
    for (const Value& v : model_.nodes[i].inputs) {
      if (!done[index(v)]) return false;
      from.push_back(*shapes_[index(v)]);
    }
    return structure_.nodes[i].layer->computes_rows(from);
  };
  const auto find = [&](std::size_t from) -> std::optional<std::size_t> {
    const auto at = std::ranges::find_if(users_[from], follows);
    return at == users_[from].end() ? std::nullopt : std::optional(*at);
  };
  if (const auto i = find(step.node)) return i;
  for (const PlanFollower& f : step.followers)
    if (const auto i = find(f.node)) return i;
  return std::nullopt;
}

void Planner::find_steps(const std::vector<bool>& altered) {
  std::vector<bool> done(model_.nodes.size(), false);
  for (const Port& port : model_.inputs) done[index(port.value)] = true;
  for (std::size_t i = 0; i < model_.nodes.size(); ++i) {
    const Node& node = model_.nodes[i];
    if (!plan_.needed[i] || node.inputs.empty() || done[i]) continue;
    PlanStep step;
    step.node = i;
    if (shapes_[i]) step.shape = *shapes_[i];
    done[i] = true;
    std::vector<Shape> from;
    for (const Value& v : node.inputs)
      if (const auto& shape = shapes_[index(v)]) from.push_back(*shape);
    if (shapes_[i] && !altered[i] && structure_.nodes[i].layer->reports_rows(from))
      while (const auto next = next_follower(step, done)) {
        if (altered[*next]) break;
        done[*next] = true;
        step.followers.push_back({*next, std::nullopt});
      }
    plan_.steps.push_back(std::move(step));
  }
}

/// Lets followers overwrite values of their step that no other layer needs.
void Planner::find_storage() {
  for (PlanStep& step : plan_.steps) {
    std::vector<std::size_t> before{step.node};  // the step's nodes so far
    for (std::size_t f = 0; f < step.followers.size(); ++f) {
      PlanFollower& follower = step.followers[f];
      const auto is_free = [&](std::size_t from) {
        return std::ranges::all_of(users_[from], [&](std::size_t user) {
          return user == follower.node || std::ranges::find(before, user) != before.end();
        });
      };
      for (const Value& v : model_.nodes[follower.node].inputs)
        if (!follower.in_place_of && std::ranges::find(before, index(v)) != before.end() && is_free(index(v)))
          follower.in_place_of = index(v);
      before.push_back(follower.node);
    }
  }
}

void Planner::find_last_uses() {
  std::vector<std::size_t> last(model_.nodes.size(), plan_.steps.size());  // the last step that uses a node
  for (std::size_t s = 0; s < plan_.steps.size(); ++s) {
    const auto use = [&](std::size_t node) {
      last[node] = s;
      for (const Value& v : model_.nodes[node].inputs) last[index(v)] = s;
    };
    use(plan_.steps[s].node);
    for (const PlanFollower& f : plan_.steps[s].followers) use(f.node);
  }
  for (std::size_t i = 0; i < model_.nodes.size(); ++i)
    if (!plan_.keep[i] && last[i] < plan_.steps.size()) plan_.steps[last[i]].last_used.push_back(i);
}

void Planner::count_numbers() {
  // All sizes are below 2^40, nodes below 2^23.
  const auto size = [&](std::size_t node) { return shapes_[node] ? shapes_[node]->elements() : 0; };
  std::int64_t held = 0;
  for (const Port& port : model_.inputs) held += size(index(port.value));
  plan_.numbers_held = held;
  for (const PlanStep& step : plan_.steps) {
    held += size(step.node);
    std::vector<std::size_t> overwritten;
    for (const PlanFollower& f : step.followers)
      if (f.in_place_of && !plan_.keep[*f.in_place_of])
        overwritten.push_back(*f.in_place_of);
      else
        held += size(f.node);
    plan_.numbers_held = std::max(plan_.numbers_held, held);
    for (const std::size_t i : step.last_used)
      if (std::ranges::find(overwritten, i) == overwritten.end()) held -= size(i);
  }
}

}  // namespace

ExecutionPlan plan_execution(const Model& model, const Structure& structure, std::span<const Shape> inputs,
                             const std::vector<bool>& keep, const std::vector<bool>& altered) {
  return Planner(model, structure, keep).plan(inputs, altered);
}

}  // namespace nv
