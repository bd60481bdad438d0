#include "nv/analysis/accuracy.h"

#include <algorithm>
#include <cmath>

#include "nv/core/error.h"
#include "nv/core/text.h"

namespace nv {

double ratio(std::int64_t part, std::int64_t whole) {
  return whole == 0 ? NAN : static_cast<double>(part) / static_cast<double>(whole);
}

Confusion::Confusion(std::int64_t classes)
    : classes_(classes),
      counts_(static_cast<std::size_t>(classes * classes)),
      unpredicted_(static_cast<std::size_t>(classes)) {}

void Confusion::add(std::int64_t truth, std::optional<std::int64_t> predicted, bool in_top5) {
  if (const std::int64_t needed = std::max(truth, predicted.value_or(0)) + 1; needed > classes_) {
    Confusion larger(needed);
    for (std::int64_t t = 0; t < classes_; ++t)
      for (std::int64_t p = 0; p < classes_; ++p)
        larger.counts_[static_cast<std::size_t>(t * needed + p)] = count(t, p);
    std::ranges::copy(unpredicted_, larger.unpredicted_.begin());
    counts_ = std::move(larger.counts_);
    unpredicted_ = std::move(larger.unpredicted_);
    classes_ = needed;
  }
  ++(predicted ? counts_[static_cast<std::size_t>(truth * classes_ + *predicted)]
               : unpredicted_[static_cast<std::size_t>(truth)]);
  ++total_;
  right_ += truth == predicted ? 1 : 0;
  in_top5_ += in_top5 ? 1 : 0;
}

std::int64_t Confusion::count(std::int64_t truth, std::int64_t predicted) const {
  return counts_[static_cast<std::size_t>(truth * classes_ + predicted)];
}

double Confusion::accuracy() const {
  return ratio(right_, total_);
}
double Confusion::top5_accuracy() const {
  return ratio(in_top5_, total_);
}

std::int64_t Confusion::of_class(std::int64_t truth) const {
  std::int64_t n = unpredicted(truth);
  for (std::int64_t p = 0; p < classes_; ++p) n += count(truth, p);
  return n;
}

std::int64_t Confusion::unpredicted(std::int64_t truth) const {
  return unpredicted_[static_cast<std::size_t>(truth)];
}

double Confusion::recall(std::int64_t label) const {
  return ratio(count(label, label), of_class(label));
}

double Confusion::precision(std::int64_t label) const {
  std::int64_t called = 0;
  for (std::int64_t t = 0; t < classes_; ++t) called += count(t, label);
  return ratio(count(label, label), called);
}

double figure(const Confusion& confusion, std::string_view name) {
  if (name == "accuracy") return confusion.accuracy();
  if (name == "top5_accuracy") return confusion.top5_accuracy();
  throw Error(ErrorKind::usage, fmt::format("no figure '{}'", one_line(name)), "accuracy, top5_accuracy");
}

bool PredictionChanges::add(std::optional<std::int64_t> before, std::optional<std::int64_t> after,
                            std::optional<std::int64_t> truth) {
  ++inputs;
  const bool differs = before != after;
  changed += differs ? 1 : 0;
  if (truth) {
    right_before += before == truth ? 1 : 0;
    right_after += after == truth ? 1 : 0;
  }
  return differs;
}

double PredictionChanges::accuracy_before() const {
  return ratio(right_before, inputs);
}
double PredictionChanges::accuracy_after() const {
  return ratio(right_after, inputs);
}

}  // namespace nv
