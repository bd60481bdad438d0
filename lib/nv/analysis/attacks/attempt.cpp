#include "nv/analysis/attacks/attempt.h"

#include <algorithm>
#include <utility>

#include "nv/analysis/gradient.h"

namespace nv::attacks {

namespace {
/// Whether the logits decide by more than float32's rounding: attacks that walk to the border end within it,
/// where another program, adding in another order, says the other class.
bool is_certain(const Attempt& a, Values logits) {
  constexpr float rounding = 1e-5F;  // of the largest logit
  return margin(a, logits) > rounding * static_cast<float>(length(logits, Norm::linf));
}
}  // namespace

Attempt::Attempt(const Point& original, Layout layout, std::int64_t label, const Settings& settings,
                 const Background& background, std::uint64_t id, bool independent)
    : original_(&original),
      layout_(layout),
      label_(label),
      settings_(&settings),
      id_(id),
      independent_(independent),
      random_({settings.seed, id}),
      background_(&background) {}

Attempt::Asking Attempt::ascent(const Point& x) {
  Asking asking = gradient(x, [this](Values logits, std::span<float> d) {
    ascent_gradient(logits, d, label_, target(), independent_);
  });
  if (opening_ && same_bits(x, original())) asking.know(*std::exchange(opening_, std::nullopt));
  return asking;
}

void Attempt::settle(Question& question) {
  question.answer.adversarial =
      wanted(question.answer.predicted) && is_certain(*this, question.answer.logits);
  if (!question.counted) return;
  ++queries_;
  for (const Point& g : question.answer.gradients) {
    ++gradients_;
    if (std::ranges::all_of(g, [](float v) { return v == 0; })) ++zero_gradients_;
  }
}

void Attempt::resume() {
  settle(*std::exchange(pending_, nullptr));
  asker_.resume();
}

void Attempt::restart(int i) {
  random_ = Random({settings_->seed, id_, static_cast<std::uint64_t>(i)});
}

void ascent_gradient(Values logits, std::span<float> d, std::int64_t label,
                     std::optional<std::int64_t> target, bool independent) {
  std::ranges::copy(logits, d.begin());
  cross_entropy_gradient(d, target.value_or(label), independent);
  if (target)
    for (float& v : d) v = -v;
}

std::int64_t best_other(Values logits, std::int64_t excluded) {
  std::int64_t best = -1;
  for (std::int64_t k = 0; k < static_cast<std::int64_t>(logits.size()); ++k)
    if (k != excluded &&
        (best < 0 || logits[static_cast<std::size_t>(k)] > logits[static_cast<std::size_t>(best)]))
      best = k;
  return best < 0 ? excluded : best;
}

float margin(const Attempt& attempt, Values logits) {
  const std::int64_t goal = attempt.goal_class(), other = best_other(logits, goal);
  const float gap = logits[static_cast<std::size_t>(other)] - logits[static_cast<std::size_t>(goal)];
  return attempt.target() ? -gap : gap;
}

LogitGradient margin_gradient(const Attempt& attempt) {
  return [&attempt](Values logits, std::span<float> d) {
    const std::int64_t goal = attempt.goal_class(), other = best_other(logits, goal);
    const float way = attempt.target() ? -1.0F : 1.0F;
    d[static_cast<std::size_t>(other)] += way;
    d[static_cast<std::size_t>(goal)] -= way;
  };
}

}  // namespace nv::attacks
