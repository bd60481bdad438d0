#include "nv/analysis/explain/scalar.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

#include "nv/core/error.h"
#include "nv/core/index.h"
#include "nv/core/parse.h"
#include "nv/core/text.h"

namespace nv::explain {

namespace {

/// The sums over each item of seed gradients times the values that they are of.
std::vector<double> weighted_sums(Engine& engine, const Trace& trace, std::span<const Seed> seeds,
                                  std::size_t items) {
  std::vector<double> sums(items, 0.0);
  for (const Seed& seed : seeds) {
    const Tensor values = seed.before_activation ? engine.before_activation(trace, seed.node)
                                                 : trace.outputs[as_index(seed.node)];
    const std::size_t size = static_cast<std::size_t>(values.size()) / std::max<std::size_t>(items, 1);
    for (std::size_t i = 0; i < items; ++i)
      sums[i] += std::inner_product(
          values.values().begin() + static_cast<std::ptrdiff_t>(i * size),
          values.values().begin() + static_cast<std::ptrdiff_t>((i + 1) * size),
          seed.gradient.values().begin() + static_cast<std::ptrdiff_t>(i * size), 0.0, std::plus<>(),
          [](float v, float w) { return static_cast<double>(v) * static_cast<double>(w); });
  }
  return sums;
}

class ClassScalar final : public Scalar {
 public:
  ClassScalar(const OutputKind& output, Objective objective, std::vector<std::int64_t> classes)
      : output_(output), objective_(objective), classes_(std::move(classes)) {}

  std::vector<std::size_t> nodes(const Model& model) const override {
    if (objective_ == Objective::score) return {as_index(output_.value.node)};
    std::vector<std::size_t> nodes{as_index(output_.logits_node)};
    if (output_.logits_before_activation)
      for (const Value& v : model.nodes[nodes[0]].inputs) nodes.push_back(as_index(v.node));
    return nodes;
  }

  std::vector<Seed> seeds(Engine& engine, const Trace& trace,
                          std::span<const std::int64_t> rows) const override {
    return {objective_seed(engine, trace, output_, objective_, classes_of(rows))};
  }

  std::vector<double> values(Engine& engine, const Trace& trace,
                             std::span<const std::int64_t> rows) const override {
    const std::vector<std::int64_t> classes = classes_of(rows);
    if (objective_ != Objective::loss) {
      const Seed seed = objective_seed(engine, trace, output_, objective_, classes);
      return weighted_sums(engine, trace, {&seed, 1}, rows.size());
    }
    return losses(engine, trace, classes);
  }

 private:
  std::vector<std::int64_t> classes_of(std::span<const std::int64_t> rows) const {
    std::vector<std::int64_t> classes;
    for (const std::int64_t row : rows) classes.push_back(classes_[static_cast<std::size_t>(row)]);
    return classes;
  }

  /// The cross-entropies, from the logits.
  std::vector<double> losses(Engine& engine, const Trace& trace,
                             std::span<const std::int64_t> classes) const {
    const Tensor z = output_.logits_before_activation ? engine.before_activation(trace, output_.logits_node)
                                                      : trace.outputs[as_index(output_.logits_node)];
    const bool independent = output_.activation == "sigmoid";
    std::vector<double> losses;
    for (std::size_t i = 0; i < classes.size(); ++i)
      losses.push_back(loss(z.item(static_cast<std::int64_t>(i)).values(), classes[i], independent));
    return losses;
  }

  static double loss(std::span<const float> z, std::int64_t label, bool independent) {
    const auto softplus = [](double x) { return std::max(x, 0.0) + std::log1p(std::exp(-std::abs(x))); };
    if (z.size() == 1 || independent) {
      double sum = 0;
      for (std::size_t k = 0; k < z.size(); ++k) {
        const bool wanted = z.size() == 1 ? label == 1 : static_cast<std::int64_t>(k) == label;
        sum += softplus(static_cast<double>(wanted ? -z[k] : z[k]));
      }
      return sum;
    }
    const auto top = static_cast<double>(*std::ranges::max_element(z));
    double sum = 0;
    for (const float v : z) sum += std::exp(static_cast<double>(v) - top);
    return top + std::log(sum) - static_cast<double>(z[static_cast<std::size_t>(label)]);
  }

  OutputKind output_;
  Objective objective_;
  std::vector<std::int64_t> classes_;
};

class WeightedScalar final : public Scalar {
 public:
  explicit WeightedScalar(const OutputWeights& weights) : weights_(weights) {}

  std::vector<std::size_t> nodes(const Model& model) const override {
    std::vector<std::size_t> nodes;
    for (const Port& port : model.outputs) nodes.push_back(as_index(port.value.node));
    return nodes;
  }
  std::vector<Seed> seeds(Engine&, const Trace& trace, std::span<const std::int64_t> rows) const override {
    return weights_.seeds(trace, rows);
  }
  std::vector<double> values(Engine& engine, const Trace& trace,
                             std::span<const std::int64_t> rows) const override {
    return weighted_sums(engine, trace, seeds(engine, trace, rows), rows.size());
  }

 private:
  const OutputWeights& weights_;
};

class ElementScalar final : public Scalar {
 public:
  ElementScalar(int node, std::vector<std::int64_t> index) : node_(node), index_(std::move(index)) {}

  std::vector<std::size_t> nodes(const Model&) const override { return {as_index(node_)}; }
  std::vector<Seed> seeds(Engine&, const Trace& trace, std::span<const std::int64_t> rows) const override {
    const Shape& shape = trace.outputs[as_index(node_)].shape();
    Tensor gradient(shape, index_.empty() ? 1.0F : 0.0F);
    if (!index_.empty()) {
      std::int64_t offset = 0;
      for (std::size_t a = 0; a < index_.size(); ++a) {
        const std::int64_t size = shape[static_cast<int>(a) + 1];
        if (index_[a] >= size)
          throw_usage("--of: index {} is out of range, the axis has {}", index_[a], size);
        offset = offset * size + index_[a];
      }
      const auto items = static_cast<std::int64_t>(rows.size());
      const std::int64_t item = gradient.size() / std::max<std::int64_t>(items, 1);
      for (std::int64_t i = 0; i < items; ++i) gradient[i * item + offset] = 1;
    }
    return {{node_, gradient, false}};
  }
  std::vector<double> values(Engine& engine, const Trace& trace,
                             std::span<const std::int64_t> rows) const override {
    return weighted_sums(engine, trace, seeds(engine, trace, rows), rows.size());
  }

 private:
  int node_;
  std::vector<std::int64_t> index_;
};

const Port& find_output(const Model& model, const std::string& name) {
  for (const Port& port : model.outputs)
    if (port.name == name) return port;
  const auto number = parse_whole(name);
  if (number && *number < static_cast<std::int64_t>(model.outputs.size()))
    return model.outputs[static_cast<std::size_t>(*number)];
  std::string names;
  for (const Port& port : model.outputs) names += (names.empty() ? "" : ", ") + port.name;
  throw Error(ErrorKind::usage, fmt::format("--of: the model has no output '{}'", one_line(name)),
              "outputs: " + names);
}

}  // namespace

std::unique_ptr<Scalar> class_scalar(const OutputKind& output, Objective objective,
                                     std::vector<std::int64_t> classes) {
  return std::make_unique<ClassScalar>(output, objective, std::move(classes));
}

std::unique_ptr<Scalar> weighted_scalar(const OutputWeights& weights) {
  return std::make_unique<WeightedScalar>(weights);
}

bool is_element_scalar(const std::string& text) {
  return text.starts_with("sum:") || (text.ends_with("]") && text.find('[') != std::string::npos);
}

std::unique_ptr<Scalar> element_scalar(const std::string& text, const Model& model,
                                       const Structure& structure) {
  if (text.starts_with("sum:"))
    return std::make_unique<ElementScalar>(find_output(model, text.substr(4)).value.node,
                                           std::vector<std::int64_t>{});
  const std::size_t open = text.rfind('[');
  const Port& port = find_output(model, text.substr(0, open));
  std::vector<std::int64_t> index;
  for (const std::string& part : split(text.substr(open + 1, text.size() - open - 2), ',')) {
    const auto number = parse_whole(trim(part));
    if (!number)
      throw Error(ErrorKind::usage, fmt::format("--of: '{}' is not an index", one_line(part)),
                  "OUTPUT[i,j,k], one number per axis, from 0");
    index.push_back(*number);
  }
  const auto& shape = structure.nodes[as_index(port.value.node)].output;
  if (shape && static_cast<int>(index.size()) != shape->rank())
    throw_usage("--of: output {} has the shape {}, but there are {} indices", port.name, shape->str(),
                index.size());
  for (std::size_t a = 0; shape && a < index.size(); ++a)
    if (const std::int64_t size = (*shape)[static_cast<int>(a)]; size != Shape::unknown && index[a] >= size)
      throw_usage("--of: index {} is out of range, axis {} of output {} has {}", index[a], a, port.name,
                  size);
  return std::make_unique<ElementScalar>(port.value.node, std::move(index));
}

}  // namespace nv::explain
