#include "nv/analysis/attacks/oracle.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "nv/core/error.h"

namespace nv::attacks {

namespace {

/// Channels of the values of a point.
class Channels {
 public:
  Channels(const PointLayout& layout, std::size_t count) : count_(static_cast<std::int64_t>(count)) {
    const Shape& shape = layout.shape;
    if (layout.channels_first && shape.rank() > 1)
      run_ = std::max<std::int64_t>(shape.elements() / std::max<std::int64_t>(shape[0], 1), 1);
  }
  std::size_t of(std::int64_t i) const { return static_cast<std::size_t>(i / run_ % count_); }

 private:
  std::int64_t count_, run_ = 1;
};

/// A component of a gradient, made safe for attacks: 0 for NaN, and small enough that norms do not overflow.
float finite_component(float x) {
  constexpr float most = 1e15F;
  return std::isnan(x) ? 0 : std::clamp(x, -most, most);
}

}  // namespace

Oracle::Oracle(Engine& engine, InputSpace space) : engine_(engine), space_(std::move(space)) {
  const Model& model = engine.model();
  if (model.inputs.size() != 1)
    throw_unsupported("{}: takes {} inputs; attacks change the only input of a model", model.file,
                      model.inputs.size());
  const std::vector<OutputKind> outputs = output_kinds(model, engine.structure());
  const OutputKind* const classifier = classifier_of(outputs);
  if (classifier == nullptr)
    throw_unsupported("{}: no output is a vector of classes, which attacks need", model.file);
  output_ = *classifier;
  const auto& shape = engine.structure().nodes[static_cast<std::size_t>(output_.value.node)].output;
  classes_ = std::max<std::int64_t>((*shape)[0], 2);
  keep_.assign(model.nodes.size(), false);
  keep_[static_cast<std::size_t>(output_.value.node)] = true;
  const auto logits = static_cast<std::size_t>(output_.logits_node);
  if (!output_.logits_before_activation)
    keep_[logits] = true;
  else
    for (const Value& v : model.nodes[logits].inputs) keep_[static_cast<std::size_t>(v.node)] = true;
}

Tensor Oracle::to_input(Values point, const PointLayout& layout) const {
  Tensor input(layout.shape, point);
  if (space_.scale.empty()) return input;
  const Channels channel(layout, space_.scale.size());
  for (std::int64_t i = 0; i < input.size(); ++i)
    input[i] = input[i] * space_.scale[channel.of(i)] + space_.offset[channel.of(i)];
  return input;
}

Point Oracle::to_point(const Tensor& input, const PointLayout& layout) const {
  Point point(input.values().begin(), input.values().end());
  if (space_.scale.empty()) return point;
  const Channels channel(layout, space_.scale.size());
  for (std::int64_t i = 0; i < input.size(); ++i) {
    float& x = point[static_cast<std::size_t>(i)];
    x = (x - space_.offset[channel.of(i)]) / space_.scale[channel.of(i)];
  }
  return point;
}

bool Oracle::gives(Values point, const PointLayout& layout, const Tensor& input) const {
  if (space_.scale.empty()) return same_bits(point, input.values());
  return same_bits(to_input(point, layout).values(), input.values());
}

void Oracle::answer(std::span<Query* const> queries) {
  // One batch per shape and number of gradients.
  std::map<std::pair<std::vector<std::int64_t>, std::size_t>, std::vector<Query*>> batches;
  for (Query* q : queries) {
    const auto axes = q->layout->shape.axes();
    batches[{{axes.begin(), axes.end()}, q->scalars.size()}].push_back(q);
  }
  for (const auto& batch : batches) answer_batch(batch.second);
}

Tensor Oracle::inputs_of(std::span<const Point* const> points, const PointLayout& layout) const {
  Tensor inputs(layout.shape.batched(static_cast<std::int64_t>(points.size())));
  for (std::size_t i = 0; i < points.size(); ++i) {
    float* to = inputs.item(static_cast<std::int64_t>(i)).data();
    if (space_.scale.empty())
      std::ranges::copy(*points[i], to);
    else
      std::ranges::copy(to_input(*points[i], layout).values(), to);
  }
  return inputs;
}

std::vector<float> Oracle::logits_of(Values units) const {
  // A single unit z is the logit of class 1: softmax over (0, z) is its sigmoid.
  if (units.size() == 1) return {0.0F, units[0]};
  return {units.begin(), units.end()};
}

void Oracle::answer_batch(std::span<Query* const> queries) {
  const std::size_t scalars = queries[0]->scalars.size();
  std::vector<const Point*> points;
  for (const Query* q : queries) points.push_back(q->point);
  const std::vector<Tensor> inputs{inputs_of(points, *queries[0]->layout)};
  const Trace trace = scalars == 0 ? engine_.forward(inputs, keep_) : engine_.forward(inputs);
  const Tensor units = output_.logits_before_activation
                           ? engine_.before_activation(trace, output_.logits_node)
                           : trace.outputs[static_cast<std::size_t>(output_.logits_node)];
  const Tensor& outputs = trace.outputs[static_cast<std::size_t>(output_.value.node)];
  for (std::size_t i = 0; i < queries.size(); ++i) {
    const auto item = static_cast<std::int64_t>(i);
    Answer& answer = queries[i]->answer;
    answer.logits = logits_of(units.item(item).values());
    const Tensor output = outputs.item(item);
    answer.predicted = predicted(output.values());
    if (!queries[i]->counted) answer.output.assign(output.values().begin(), output.values().end());
  }
  for (std::size_t k = 0; k < scalars; ++k) add_gradient(trace, units, queries, k);
}

void Oracle::add_gradient(const Trace& trace, const Tensor& units, std::span<Query* const> queries,
                          std::size_t k) {
  Seed seed{output_.logits_node, Tensor(units.shape()), output_.logits_before_activation};
  for (std::size_t i = 0; i < queries.size(); ++i) {
    const Query& query = *queries[i];
    std::vector<float> d(query.answer.logits.size(), 0.0F);
    query.scalars[k](query.answer.logits, d);
    const Tensor to = seed.gradient.item(static_cast<std::int64_t>(i));
    std::ranges::copy(Values(d).last(static_cast<std::size_t>(to.size())), Tensor(to).data());
  }
  std::vector<Point> found = gradients(trace, std::vector{seed}, *queries[0]->layout);
  for (std::size_t i = 0; i < queries.size(); ++i)
    queries[i]->answer.gradients.push_back(std::move(found[i]));
}

Trace Oracle::trace(std::span<const Point* const> points, const PointLayout& layout) {
  return engine_.forward(std::vector{inputs_of(points, layout)});
}

std::optional<std::int64_t> Oracle::predicted(Values output) const {
  return class_of(predict(output, output_.activation, {}));
}

std::vector<std::optional<std::int64_t>> Oracle::predicted(const Trace& trace) const {
  return predicted_classes(trace.outputs[static_cast<std::size_t>(output_.value.node)], output_.activation);
}

Seed Oracle::logit_seed(const Trace& trace, std::span<const std::int64_t> classes, float factor) const {
  const Shape& shape = trace.outputs[static_cast<std::size_t>(output_.logits_node)].shape();
  Seed seed{output_.logits_node, Tensor(shape, 0.0F), output_.logits_before_activation};
  const std::int64_t units = shape.back();
  for (std::size_t i = 0; i < classes.size(); ++i) {
    // A single unit z is the logit of class 1, and -z that of class 0.
    const bool against = units == 1 && classes[i] == 0;
    const std::int64_t unit = units == 1 ? 0 : classes[i];
    seed.gradient[static_cast<std::int64_t>(i) * units + unit] = against ? -factor : factor;
  }
  return seed;
}

std::vector<Point> Oracle::gradients(const Trace& trace, std::span<const Seed> seeds,
                                     const PointLayout& layout) {
  const Tensor all = engine_.gradient(trace, seeds)[0];
  std::vector<Point> gradients;
  for (std::int64_t i = 0; i < all.shape()[0]; ++i) {
    const Tensor item = all.item(i);
    Point& g = gradients.emplace_back(item.values().begin(), item.values().end());
    for (float& x : g) x = finite_component(x);
    if (space_.scale.empty()) continue;
    const Channels channel(layout, space_.scale.size());
    for (std::size_t p = 0; p < g.size(); ++p) g[p] *= space_.scale[channel.of(static_cast<std::int64_t>(p))];
  }
  return gradients;
}

Tensor Oracle::outputs(const Tensor& inputs) {
  return run_output(engine_, output_, {&inputs, 1});
}

}  // namespace nv::attacks
