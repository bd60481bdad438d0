#include "nv/analysis/doctor/output_measure.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace nv::doctor {

namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

double entropy_term(double p) {
  return p > 0 ? -p * std::log(p) : 0;
}

Tensor logits_of(Engine& engine, const Trace& trace, const OutputKind& output) {
  if (output.logits_before_activation) return engine.before_activation(trace, output.logits_node);
  return trace.outputs[static_cast<std::size_t>(output.logits_node)];
}

double gap_of(std::span<const float> logits) {
  if (logits.size() == 1) return std::abs(static_cast<double>(logits[0]));
  float first = -std::numeric_limits<float>::infinity(), second = first;
  for (const float x : logits) {
    second = std::max(second, std::min(first, x));
    first = std::max(first, x);
  }
  return static_cast<double>(first) - static_cast<double>(second);
}

}  // namespace

void OutputMeasure::add(Engine& engine, const Trace& trace, const OutputKind& output) {
  const Tensor& scores = trace.outputs[static_cast<std::size_t>(output.value.node)];
  const Tensor logits = logits_of(engine, trace, output);
  for (std::int64_t i = 0; i < scores.shape()[0]; ++i) {
    const Tensor values = scores.item(i);
    const auto prediction = predict(values.values(), output.activation, {});
    Item item{class_of(prediction), nan, nan};
    if (prediction) {
      if (prediction->probability) item.confidence = static_cast<double>(*prediction->probability);
      const Tensor arguments = logits.item(i);
      item.gap = gap_of(arguments.values());
      add_range(arguments.values());
      if (gives_probabilities(output.activation)) add_distribution(values.values());
    }
    items_.push_back(item);
  }
}

void OutputMeasure::add_range(std::span<const float> logits) {
  if (least_.empty()) {
    least_.assign(logits.begin(), logits.end());
    greatest_ = least_;
  }
  for (std::size_t k = 0; k < logits.size(); ++k) {
    least_[k] = std::min(least_[k], logits[k]);
    greatest_[k] = std::max(greatest_[k], logits[k]);
  }
}

void OutputMeasure::add_distribution(std::span<const float> output) {
  std::vector<double> p(output.begin(), output.end());
  if (p.size() == 1) p.push_back(1 - p[0]);
  sums_.resize(p.size());
  ++distributions_;
  for (std::size_t k = 0; k < p.size(); ++k) {
    sums_[k] += p[k];
    entropies_ += entropy_term(p[k]);
  }
}

double OutputMeasure::confidence() const {
  double sum = 0;
  std::int64_t count = 0;
  for (const Item& item : items_) {
    if (std::isnan(item.confidence)) continue;
    sum += item.confidence;
    ++count;
  }
  return count == 0 ? nan : sum / static_cast<double>(count);
}

double OutputMeasure::gap() const {
  std::vector<double> gaps;
  for (const Item& item : items_)
    if (!std::isnan(item.gap)) gaps.push_back(item.gap);
  if (gaps.empty()) return nan;
  const auto middle = gaps.begin() + std::ssize(gaps) / 2;
  std::ranges::nth_element(gaps, middle);
  return *middle;
}

double OutputMeasure::information() const {
  if (distributions_ == 0) return nan;
  const auto n = static_cast<double>(distributions_);
  double of_mean = 0, total = 0;
  for (const double sum : sums_) total += sum;
  for (const double sum : sums_) of_mean += entropy_term(sum / total);
  return of_mean - entropies_ / n;
}

double OutputMeasure::reaction() const {
  if (least_.empty()) return nan;
  double largest = 0, difference = 0;
  for (std::size_t k = 0; k < least_.size(); ++k) {
    largest = std::max(
        {largest, std::abs(static_cast<double>(greatest_[k])), std::abs(static_cast<double>(least_[k]))});
    difference = std::max(difference, static_cast<double>(greatest_[k]) - static_cast<double>(least_[k]));
  }
  return largest > 0 ? difference / largest : 0;
}

}  // namespace nv::doctor
