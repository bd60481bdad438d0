#include "nv/engine/engine.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cassert>
#include <mutex>
#include <optional>
#include <utility>

#include "nv/core/block_pool.h"
#include "nv/core/error.h"
#include "nv/core/interrupt.h"
#include "nv/kernels/kernel_set.h"
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
  const auto where = [&] { return fmt::format("{}: layer {} ({})", model_.file, node.path, spec.kind); };
  if (!s.problem.empty())
    throw Error(s.unsupported ? ErrorKind::unsupported : ErrorKind::input,
                fmt::format("{}: {}", where(), s.problem), s.hint);
  if (loaded_.contains(s.layer.get()) || node.inputs.empty()) return;
  if (const std::string problem = weight_problem(spec, expected_weights(s)); !problem.empty())
    throw_input("{}: {}", where(), problem);
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

namespace {
/// Runs `work`; errors begin with the file and the layer.
template <typename Work>
auto at_layer(const Model& model, std::size_t node, const Work& work) {
  try {
    return work();
  } catch (const Error& e) {
    throw Error(e.kind(),
                fmt::format("{}: layer {} ({}): {}", model.file, model.nodes[node].path,
                            model.layer_of(model.nodes[node]).kind, e.what()),
                e.hint());
  }
}
}  // namespace

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

const ActivatedLayer& Engine::activated(std::size_t i) const {
  const auto* layer = dynamic_cast<const ActivatedLayer*>(structure_.nodes[i].layer.get());
  assert(layer != nullptr);
  return *layer;
}

Tensor Engine::before_activation(const Trace& trace, int node) {
  const auto i = static_cast<std::size_t>(node);
  Context context{*pool_, accuracy_};
  return at_layer(model_, i, [&] { return activated(i).linear(inputs_of(i, trace.outputs), context); });
}

namespace {

/// Sums of what arrives at the output of each node.
class Arrivals {
 public:
  explicit Arrivals(std::size_t nodes) : sums_(nodes) {}
  Tensor& operator[](std::size_t node) { return sums_[node]; }

  /// An empty tensor stands for zeros. The first of a node may share its storage with another node's, so sums
  /// are copies.
  void add(std::size_t node, const Tensor& d) {
    if (d.empty()) return;
    if (sums_[node].empty()) {
      sums_[node] = d;
      return;
    }
    Tensor sum = sums_[node].clone();
    for (std::int64_t k = 0; k < sum.size(); ++k) sum[k] += d[k];
    sums_[node] = sum;
  }
  void add(const Node& to_inputs_of, const std::vector<Tensor>& d_inputs) {
    for (std::size_t k = 0; k < d_inputs.size(); ++k)
      add(static_cast<std::size_t>(to_inputs_of.inputs[k].node), d_inputs[k]);
  }

 private:
  std::vector<Tensor> sums_;
};

/// Whether each node has one of `sources` among the nodes that it depends on.
std::vector<bool> dependents(const Model& model, std::span<const std::size_t> sources) {
  std::vector<bool> is_source(model.nodes.size(), false), depends(model.nodes.size(), false);
  for (const std::size_t i : sources) is_source[i] = true;
  for (std::size_t i = 0; i < model.nodes.size(); ++i)
    for (const Value& v : model.nodes[i].inputs) {
      const auto from = static_cast<std::size_t>(v.node);
      if (is_source[from] || depends[from]) depends[i] = true;
    }
  return depends;
}

}  // namespace

std::vector<Tensor> Engine::gradient(const Trace& trace, std::span<const Seed> seeds) {
  std::vector<std::size_t> inputs;
  for (const Port& port : model_.inputs) inputs.push_back(static_cast<std::size_t>(port.value.node));
  return backward(trace, seeds, inputs);
}

std::vector<Tensor> Engine::backward(const Trace& trace, std::span<const Seed> seeds,
                                     std::span<const std::size_t> nodes, const BackwardRule& rule) {
  const std::vector<bool> depends = dependents(model_, nodes);
  Arrivals arrived(model_.nodes.size());
  Context context{*pool_, accuracy_};
  for (std::size_t i = model_.nodes.size(); i-- > 0;) {
    check_interrupt();
    for (const Seed& seed : seeds)
      if (static_cast<std::size_t>(seed.node) == i && !seed.before_activation) arrived.add(i, seed.gradient);
    if (!arrived[i].empty()) arrived[i] = without_frozen(i, arrived[i]);
    if (!depends[i]) continue;
    const Node& node = model_.nodes[i];
    const std::vector<Tensor> inputs = inputs_of(i, trace.outputs);
    for (const Seed& seed : seeds)
      if (static_cast<std::size_t>(seed.node) == i && seed.before_activation)
        arrived.add(node, at_layer(model_, i,
                                   [&] { return activated(i).linear_vjp(inputs, seed.gradient, context); }));
    if (arrived[i].empty()) continue;
    arrived.add(node, at_layer(model_, i, [&] {
                  if (rule)
                    if (auto d = rule(i, inputs, trace.outputs[i], arrived[i], context)) return std::move(*d);
                  return structure_.nodes[i].layer->vjp(inputs, trace.outputs[i], arrived[i], context);
                }));
    if (std::ranges::find(nodes, i) == nodes.end()) arrived[i] = {};
  }
  std::vector<Tensor> result;
  for (const std::size_t node : nodes)
    result.push_back(arrived[node].empty() ? Tensor(trace.outputs[node].shape(), 0.0F) : arrived[node]);
  return result;
}

namespace {

/// Computes the followers of a step from the rows of its first layer.
class StepFollowers final : public Followers {
 public:
  /// With `streams`, kept values that no other layer needs are written past the caches.
  StepFollowers(const Model& model, const Structure& structure, const ExecutionPlan& plan,
                const PlanStep& step, bool streams, std::vector<Tensor>& outputs)
      : model_(model),
        structure_(structure),
        plan_(plan),
        step_(step),
        streams_(streams),
        outputs_(outputs) {}

  void begin(const Tensor& output) override {
    outputs_[step_.node] = output;
    channels_ = std::max<std::int64_t>(output.shape().back(), 1);
    for (const PlanFollower& f : step_.followers) {
      Work work{structure_.nodes[f.node].layer.get(), {}, nullptr, nullptr};
      for (const Value& v : model_.nodes[f.node].inputs)
        work.inputs.push_back(outputs_[static_cast<std::size_t>(v.node)].data());
      const bool kept = f.in_place_of && plan_.keep[*f.in_place_of];
      if (f.in_place_of && (!kept || streams_)) {
        Tensor& overwritten = outputs_[*f.in_place_of];
        outputs_[f.node] = overwritten;
        if (kept) {
          work.kept_from = overwritten.data();
          overwritten = Tensor(output.shape());
          work.kept_to = overwritten.data();
        }
      } else {
        outputs_[f.node] = Tensor(output.shape());
      }
      work.output = outputs_[f.node].data();
      work_.push_back(std::move(work));
    }
  }

  void finished(std::int64_t first, std::int64_t count) override {
    // So much that all followers find it in the first-level cache.
    constexpr std::int64_t values = 1 << 11;
    const std::int64_t part = std::max<std::int64_t>(values / channels_, 1) * channels_;
    for (std::int64_t at = first; at < first + count; at += part)
      compute(at, std::min(part, first + count - at));
    if (streams_) std::atomic_thread_fence(std::memory_order_seq_cst);
  }

 private:
  struct Work {
    const Layer* layer;
    std::vector<const float*> inputs;
    float* output;
    const float* kept_from;  ///< values to copy to `kept_to` before they are overwritten, or null
    float* kept_to = nullptr;
  };

  void compute(std::int64_t first, std::int64_t count) const {
    std::array<const float*, 4> few{};
    std::vector<const float*> many;
    for (const Work& work : work_) {
      if (work.inputs.size() > few.size()) many.resize(work.inputs.size());
      const std::span<const float*> inputs(work.inputs.size() > few.size() ? many.data() : few.data(),
                                           work.inputs.size());
      for (std::size_t k = 0; k < inputs.size(); ++k) inputs[k] = work.inputs[k] + first;
      if (work.kept_from != nullptr)
        kernel_set().loops.stream(count, work.kept_from + first, work.kept_to + first);
      work.layer->compute_rows(inputs, count, channels_, work.output + first);
    }
  }

  const Model& model_;
  const Structure& structure_;
  const ExecutionPlan& plan_;
  const PlanStep& step_;
  bool streams_;
  std::vector<Tensor>& outputs_;
  std::int64_t channels_ = 1;
  std::vector<Work> work_;
};

}  // namespace

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

void check_channels(const Model& model, const Structure& structure, const Frozen& frozen) {
  const NodeStructure& s = structure.nodes.at(frozen.node);
  const Node& node = model.nodes[frozen.node];
  if (!s.output || s.output->empty())
    throw_usage("{}: layer {} ({}) has no channels", model.file, node.path, model.layer_of(node).kind);
  const std::int64_t channels = s.channels_first ? (*s.output)[0] : s.output->back();
  for (std::int64_t c : frozen.channels)
    if (c < 0 || (channels != Shape::unknown && c >= channels))
      throw_no_channel(model, frozen.node, c, channels);
}

void throw_no_channel(const Model& model, std::size_t node, std::int64_t channel, std::int64_t channels) {
  const Node& n = model.nodes[node];
  throw Error(
      ErrorKind::usage,
      fmt::format("{}: layer {} ({}) has no channel {}", model.file, n.path, model.layer_of(n).kind, channel),
      fmt::format("it has {}: 0 to {}", channels, channels - 1));
}

std::vector<std::int64_t> Engine::frozen_channels(std::size_t node) const {
  std::set<std::int64_t> channels;
  for (const Frozen& f : frozen_)
    if (f.node == node) channels.insert(f.channels.begin(), f.channels.end());
  return {channels.begin(), channels.end()};
}

void Engine::freeze(std::vector<Frozen> frozen) {
  for (const Frozen& f : frozen) check_channels(model_, structure_, f);
  frozen_ = std::move(frozen);
  plans_->entries.clear();
}

Tensor Engine::zeroed(const Frozen& frozen, const Tensor& output) const {
  Tensor result = output.clone();
  const Shape& shape = result.shape();
  const bool first = structure_.nodes[frozen.node].channels_first && shape.rank() > 2;
  const std::int64_t channels = first ? shape[1] : shape.back();
  // A channel is in blocks of `length` numbers, one block per channel in turn.
  std::int64_t length = 1;
  if (first)
    for (int axis = 2; axis < shape.rank(); ++axis) length *= shape[axis];
  for (std::int64_t c : frozen.channels) {
    if (c >= channels)
      throw_no_channel(model_, frozen.node, c, channels);  // the model does not declare their number
    for (std::int64_t at = c * length; at < result.size(); at += channels * length)
      std::fill_n(result.data() + at, length, 0.0F);
  }
  const std::int64_t item = result.size() / std::max<std::int64_t>(shape[0], 1);
  for (std::int64_t u : frozen.units)
    for (std::int64_t at = u; u < item && at < result.size(); at += item) result[at] = 0;
  return result;
}

Tensor Engine::without_frozen(std::size_t i, const Tensor& output) const {
  Tensor result = output;
  for (const Frozen& f : frozen_)
    if (f.node == i) result = zeroed(f, result);
  return result;
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
