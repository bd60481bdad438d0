#include "nv/analysis/attacks/driver.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "nv/analysis/attacks/levels.h"
#include "nv/core/file.h"

namespace nv::attacks {

namespace {

/// Room for what rounding does to a point on the ball's surface.
constexpr double slack = 1e-6;

bool inside(const Attempt& a, const Settings& settings, Values x) {
  const Bounds& b = settings.bounds;
  if (outside(x, b) > 0) return false;
  if (!settings.eps) return true;
  return a.distance_of(x) <= *settings.eps * (1 + slack) + slack * static_cast<double>(b.range());
}

/// The attack, as often as it is to be started, and the best of what came out.
Task<Outcome> judged(const Method& method, const Settings& settings, Attempt& a) {
  Outcome best;
  for (int i = 0; i < settings.restarts; ++i) {
    if (i > 0) a.restart(i);
    Point point = co_await method.run(a);
    if (settings.png_safe) point = on_levels(point, a.original(), settings);
    Answer answer = co_await a.judge(point);
    const bool success = answer.adversarial && inside(a, settings, point);
    const bool better = success && (!best.success || a.distance_of(point) < a.distance_of(best.point));
    if (i == 0 || better) {
      best.point = std::move(point);
      best.output = std::move(answer.output);
      best.success = success;
    }
    if (success && method.scope == Scope::fixed_epsilon) break;
  }
  best.queries = a.queries();
  best.gradients = a.gradient_count();
  best.zero_gradient = a.zero_gradient();
  co_return best;
}

/// A victim under way. The task refers to the attempt, so it stays where it is.
struct Slot {
  std::size_t victim;
  Attempt attempt;
  Task<Outcome> task;
  const Settings* settings;
  Point asked;  ///< what is asked about in place of the attack's own point
  bool started = false;

  Slot(std::size_t index, const Victim& v, const Method& method, const Settings& told,
       const Background& background, bool independent)
      : victim(index),
        attempt(v.original, v.layout, v.label, told, background, hash_bytes(std::as_bytes(std::span(v.id))),
                independent),
        task(judged(method, told, attempt)),
        settings(&told) {
    if (v.opening) attempt.open(*v.opening);
  }

  void step() {
    if (std::exchange(started, true))
      attempt.resume();
    else
      task.start();
    if (!settings->png_safe || task.done()) return;
    asked = on_levels(*attempt.pending().point, attempt.original(), *settings);
    attempt.pending().point = &asked;
  }
};

}  // namespace

std::vector<Outcome> attack(Oracle& oracle, const Method& method, const Settings& settings,
                            std::span<const Victim> victims, std::size_t batch,
                            const std::function<void(std::size_t)>& round, const Background& background) {
  std::vector<Outcome> outcomes(victims.size());
  std::vector<std::unique_ptr<Slot>> slots;
  std::size_t next = 0, done = 0;
  while (done < victims.size()) {
    for (; slots.size() < batch && next < victims.size(); ++next)
      slots.push_back(
          std::make_unique<Slot>(next, victims[next], method, settings, background, oracle.independent()));
    oracle.engine().pool().for_each(static_cast<std::int64_t>(slots.size()),
                                    [&](std::int64_t i) { slots[static_cast<std::size_t>(i)]->step(); });
    std::vector<Question*> asking;
    for (const auto& slot : slots) {
      if (!slot->task.done()) {
        asking.push_back(&slot->attempt.pending());
        continue;
      }
      outcomes[slot->victim] = slot->task.result();
      ++done;
    }
    std::erase_if(slots, [](const auto& slot) { return slot->task.done(); });
    if (!asking.empty()) oracle.answer(asking);
    if (round) round(done);
  }
  return outcomes;
}

}  // namespace nv::attacks
