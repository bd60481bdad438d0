#include "nv/analysis/attacks/attempt.h"

#include <algorithm>
#include <utility>

#include "nv/analysis/gradient.h"

namespace nv::attacks {

namespace {
/// Whether the logits decide by more than float32's rounding. Attacks that walk to the decision boundary end
/// within rounding of it, and another program, which sums in another order, may predict the other class
/// there.
bool is_certain(const Attempt& a, Values logits) {
  constexpr float rounding = 1e-5F;  // of the largest logit
  return margin(a, logits) > rounding * static_cast<float>(length(logits, Norm::linf));
}
}  // namespace

Attempt::Attempt(const Point& original, PointLayout layout, std::int64_t label, const Settings& settings,
                 const Background& background, std::uint64_t id, bool independent)
    : original_(&original),
      layout_(layout),
      label_(label),
      settings_(&settings),
      id_(id),
      independent_(independent),
      random_({settings.seed, id}),
      background_(&background) {}

Attempt::PendingQuery::PendingQuery(Attempt& attempt, Query query, std::optional<Answer> answer)
    : attempt_(attempt), query_(std::move(query)), answered_(answer.has_value()) {
  if (!answered_) return;
  query_.answer = std::move(*answer);
  attempt_.record(query_);
}

Attempt::PendingQuery Attempt::ascent(const Point& x) {
  const LogitGradient scalar = [this](Values logits, std::span<float> d) {
    ascent_gradient(logits, d, label_, target(), independent_);
  };
  const bool known = first_answer_ && same_bits(x, original());
  return {*this, {&x, &layout_, {scalar}, true, {}}, known ? std::exchange(first_answer_, {}) : std::nullopt};
}

void Attempt::record(Query& query) {
  query.answer.adversarial = wanted(query.answer.predicted) && is_certain(*this, query.answer.logits);
  if (!query.counted) return;
  ++queries_;
  for (const Point& g : query.answer.gradients) {
    ++gradients_;
    if (std::ranges::all_of(g, [](float v) { return v == 0; })) ++zero_gradients_;
  }
}

void Attempt::resume() {
  record(*std::exchange(pending_, nullptr));
  attack_.resume();
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
