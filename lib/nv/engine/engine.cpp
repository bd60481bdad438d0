#include "nv/engine/engine.h"

#include <algorithm>
#include <mutex>
#include <optional>
#include <utility>

#include "nv/core/block_pool.h"
#include "nv/core/error.h"
#include "nv/core/interrupt.h"
#include "nv/engine/at_layer.h"
#include "nv/engine/step_followers.h"
#include "nv/layers/common/shapes.h"
#include "nv/model/missing_weight.h"

namespace nv {

struct Engine::Plans {
  struct Entry {
    std::vector<Shape> inputs;
    std::vector<bool> keep;
    std::shared_ptr<const ExecutionPlan> plan;
  };
  std::mutex mutex;
  std::vector<Entry> entries;  // the latest last
};

Engine::Engine(Model model, const EngineOptions& options)
    : model_(std::move(model)),
      structure_(analyse(model_)),
      accuracy_(options.exact ? Accuracy::exact : Accuracy::standard),
      pool_(std::make_unique<ThreadPool>(options.threads)),
      plans_(std::make_unique<Plans>()) {
  if (options.without_weights) return;
  for (const LayerSpec& layer : model_.layers)
    for (const Weight& w : layer.weights)
      if (is_missing(w)) (void)w.data->read();  // throws
}

// Memory that later passes would have used again returns to the system.
Engine::~Engine() {
  if (plans_) release_kept_blocks();
}
Engine::Engine(Engine&&) noexcept = default;
Engine& Engine::operator=(Engine&&) noexcept = default;

std::shared_ptr<const ExecutionPlan> Engine::plan(std::span<const Shape> inputs,
                                                  const std::vector<bool>& keep) const {
  std::lock_guard lock(plans_->mutex);
  for (const Plans::Entry& e : plans_->entries)
    if (std::ranges::equal(e.inputs, inputs) && e.keep == keep) return e.plan;
  std::vector<bool> altered(model_.nodes.size(), false);
  for (const Frozen& f : frozen_) altered[f.node] = true;
  auto made =
      std::make_shared<const ExecutionPlan>(plan_execution(model_, structure_, inputs, keep, altered));
  constexpr std::size_t most = 16;
  if (plans_->entries.size() == most) plans_->entries.erase(plans_->entries.begin());
  plans_->entries.push_back({{inputs.begin(), inputs.end()}, keep, made});
  return made;
}

void Engine::forget_plans() {
  plans_->entries.clear();
}

/// Throws unless the inputs are batches of one size with the shapes that the model expects.
void Engine::check(std::span<const Tensor> inputs) const {
  if (inputs.size() != model_.inputs.size())
    throw_input("{}: the model takes {} inputs, not {}", model_.file, model_.inputs.size(), inputs.size());
  for (std::size_t p = 0; p < inputs.size(); ++p) {
    const Shape& given = inputs[p].shape();
    if (given.empty()) throw_input("{}: input {} is no batch", model_.file, model_.inputs[p].name);
    if (given[0] != inputs[0].shape()[0])
      throw_input("{}: inputs of {} and {} items do not make one batch", model_.file, inputs[0].shape()[0],
                  given[0]);
    const auto& expected = structure_.nodes[static_cast<std::size_t>(model_.inputs[p].value.node)].output;
    if (expected && !fits(given.item(), *expected))
      throw_input("{}: input {}: expected {}, got {}", model_.file, model_.inputs[p].name, expected->str(),
                  given.item().str());
  }
}

/// Throws if the node cannot be computed; reads its layer's weights.
void Engine::prepare(std::size_t i) {
  const Node& node = model_.nodes[i];
  const auto at = static_cast<std::size_t>(node.layer);
  const LayerSpec& spec = model_.layers[at];
  const NodeStructure& s = structure_.nodes[i];
  if (!s.problem.empty())
    throw Error(s.unsupported ? ErrorKind::unsupported : ErrorKind::input,
                fmt::format("{}: {}", layer_place(model_, i), s.problem), s.hint);
  if (loaded_.contains(s.layer.get()) || node.inputs.empty()) return;
  if (const std::string problem = weight_problem(spec, expected_weights(s)); !problem.empty())
    throw_input("{}: {}", layer_place(model_, i), problem);
  std::vector<Tensor> weights;
  for (const Weight& w : spec.weights) {
    weights.push_back(w.data->read());
    if (std::string note = nan_note(spec, w, weights.back()); !note.empty())
      notes_.push_back(std::move(note));
  }
  s.layer->load(std::move(weights));
  loaded_.insert(s.layer.get());
}

void Engine::load() {
  // A node that cannot be computed throws when it is run.
  for (std::size_t i = 0; i < model_.nodes.size(); ++i)
    if (structure_.nodes[i].problem.empty()) prepare(i);
}

std::vector<Tensor> Engine::inputs_of(std::size_t i, const std::vector<Tensor>& outputs) const {
  const Node& node = model_.nodes[i];
  std::vector<Tensor> inputs;
  for (const Value& v : node.inputs) inputs.push_back(outputs[static_cast<std::size_t>(v.node)]);
  return inputs;
}

/// If the model leaves sizes open, checks that the given inputs fit the layer and its weights.
void Engine::check_sizes(std::size_t i, std::span<const Shape> shapes) const {
  if (std::ranges::all_of(structure_.nodes[i].inputs, &Shape::known)) return;
  const Layer& layer = *structure_.nodes[i].layer;
  (void)layer.shape(shapes);
  const std::string problem = weight_problem(model_.layer_of(model_.nodes[i]), layer.weights(shapes));
  if (!problem.empty()) throw_input("{}", problem);
}

Tensor Engine::run_layer(std::size_t i, std::span<const Tensor> inputs) {
  prepare(i);
  return run_node(i, inputs);
}

Tensor Engine::run_node(std::size_t i, std::span<const Tensor> inputs, Followers* followers) {
  check_interrupt();
  Context context{*pool_, accuracy_, followers};
  const Tensor output = at_layer(model_, i, [&] {
    check_sizes(i, item_shapes(inputs));
    return structure_.nodes[i].layer->forward(inputs, context);
  });
  return without_frozen(i, output);
}

void Engine::run_step(const ExecutionPlan& plan, const PlanStep& step, std::vector<Tensor>& outputs) {
  const std::vector<Tensor> inputs = inputs_of(step.node, outputs);
  if (step.followers.empty()) {
    outputs[step.node] = run_node(step.node, inputs);
    return;
  }
  for (const PlanFollower& f : step.followers)
    at_layer(model_, f.node, [&] {
      check_sizes(f.node, std::vector<Shape>(model_.nodes[f.node].inputs.size(), step.shape));
    });
  // A pass whose outputs stay in the cache does not profit.
  constexpr std::int64_t large = std::int64_t{1} << 22;
  const bool streams = plan.numbers_held * inputs[0].shape()[0] > large;
  StepFollowers followers(model_, structure_, plan, step, streams, outputs);
  (void)run_node(step.node, inputs, &followers);
}

Trace Engine::forward(std::span<const Tensor> inputs, const std::vector<bool>& keep) {
  check(inputs);
  const std::shared_ptr<const ExecutionPlan> plan = this->plan(item_shapes(inputs), keep);
  for (std::size_t i = 0; i < model_.nodes.size(); ++i)
    if (plan->needed[i]) prepare(i);
  Trace trace;
  trace.outputs.resize(model_.nodes.size());
  for (std::size_t p = 0; p < model_.inputs.size(); ++p) {
    const auto node = static_cast<std::size_t>(model_.inputs[p].value.node);
    trace.outputs[node] = without_frozen(node, inputs[p]);
  }
  for (const PlanStep& step : plan->steps) {
    run_step(*plan, step, trace.outputs);
    for (const std::size_t i : step.last_used) trace.outputs[i] = {};
  }
  for (const Port& port : model_.inputs)
    if (const auto node = static_cast<std::size_t>(port.value.node); !plan->keep[node])
      trace.outputs[node] = {};
  return trace;
}

std::int64_t Engine::numbers_held(std::span<const Shape> inputs, const std::vector<bool>& keep) const {
  return plan(inputs, keep)->numbers_held;
}

Trace Engine::forward_from(const Trace& base, std::span<const Frozen> frozen, const std::vector<bool>& keep) {
  std::vector<Shape> inputs;
  for (const Port& port : model_.inputs)
    inputs.push_back(base.outputs[static_cast<std::size_t>(port.value.node)].shape().item());
  const std::vector<bool> wanted = plan(inputs, keep)->needed;
  Trace trace = base;
  std::vector<bool> changed(model_.nodes.size(), false);
  for (std::size_t i = 0; i < model_.nodes.size(); ++i) {
    const Node& node = model_.nodes[i];
    const bool depends = std::ranges::any_of(
        node.inputs, [&](const Value& v) { return changed[static_cast<std::size_t>(v.node)]; });
    if (depends && wanted[i]) trace.outputs[i] = run_node(i, inputs_of(i, trace.outputs));
    changed[i] = depends;
    for (const Frozen& f : frozen)
      if (f.node == i) {
        trace.outputs[i] = zeroed(f, trace.outputs[i]);
        changed[i] = true;
      }
  }
  for (std::size_t i = 0; i < keep.size(); ++i)
    if (!keep[i]) trace.outputs[i] = {};
  return trace;
}

}  // namespace nv
