#include "nv/analysis/rank/uncertainty.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "nv/core/error.h"
#include "nv/kernels/softmax.h"

namespace nv::rank {

namespace {

[[noreturn]] void refuse(const Setup& setup, const std::string& what) {
  throw Error(ErrorKind::usage,
              fmt::format("{}: {}, so the classes have no probabilities", setup.engine.model().file, what),
              "metrics of uncertainty need an output with softmax, or logits");
}

class UncertaintyScorer final : public Scorer {
 public:
  explicit UncertaintyScorer(double (*function)(std::span<const float>)) : function_(function) {}
  void score(const Pass& pass, std::span<double> scores) override {
    for (std::int64_t i = 0; i < pass.inputs; ++i)
      scores[static_cast<std::size_t>(i)] = function_(pass.probabilities.item(i).values());
  }

 private:
  double (*function_)(std::span<const float>);
};

}  // namespace

ClassProbabilities::ClassProbabilities(const Setup& setup) : file_(setup.engine.model().file) {
  const OutputKind* const output = classifier_of(setup.outputs);
  if (output == nullptr) refuse(setup, "no output is a vector of classes");
  node_ = static_cast<std::size_t>(output->value.node);
  const auto& shape = setup.engine.structure().nodes[node_].output;
  single_ = shape && shape->known() && shape->elements() == 1;
  logits_ = output->activation.empty() || output->activation == "linear";
  const std::string& activation = output->activation;
  if (!logits_ && !(single_ ? activation == "sigmoid" : activation == "softmax"))
    refuse(setup, fmt::format("the output is {}{}", activation, single_ ? "" : " of several units"));
}

Tensor ClassProbabilities::of(const Tensor& outputs) const {
  if (!logits_ && !single_) return outputs;
  const std::int64_t inputs = outputs.shape()[0];
  if (!single_) {
    Tensor probabilities = outputs.clone();
    for (std::int64_t i = 0; i < inputs; ++i) {
      Tensor row = probabilities.item(i);
      softmax(row.values());
    }
    return probabilities;
  }
  Tensor probabilities(Shape{inputs, 2});
  for (std::int64_t i = 0; i < inputs; ++i) {
    const float s = logits_ ? 1 / (1 + std::exp(-outputs[i])) : outputs[i];
    probabilities[2 * i] = 1 - s;
    probabilities[2 * i + 1] = s;
  }
  return probabilities;
}

std::string ClassProbabilities::note() const {
  if (!logits_) return "";
  return fmt::format("{}: the last layer is linear: probabilities are the {} of its outputs", file_,
                     single_ ? "sigmoid" : "softmax");
}

Metric uncertainty(std::string_view name, std::string_view summary, std::string_view reference,
                   double (*function)(std::span<const float> probabilities)) {
  return {.name = name,
          .summary = summary,
          .reference = reference,
          .group = Group::uncertainty,
          .make = [function](const Setup&) { return std::make_unique<UncertaintyScorer>(function); }};
}

}  // namespace nv::rank
