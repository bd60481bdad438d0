#include "nv/analysis/attacks/driver.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "nv/analysis/attacks/levels.h"
#include "nv/core/file.h"

namespace nv::attacks {

namespace {

/// Tolerance for the rounding of a point on the surface of the ball.
constexpr double slack = 1e-6;

bool inside(const Attempt& a, const Settings& settings, Values x) {
  const Bounds& b = settings.bounds;
  if (outside(x, b) > 0) return false;
  if (!settings.eps) return true;
  return a.distance_of(x) <= *settings.eps * (1 + slack) + slack * static_cast<double>(b.range());
}

/// Runs the attack once per restart and returns the best outcome.
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

/// A running attack. The coroutine refers to `attempt`, so that objects must not move.
struct Slot {
  std::size_t index;  ///< of the task
  Attempt attempt;
  Task<Outcome> task;
  const Settings* settings;
  Point rounded;  ///< with png_safe: the point that is queried instead of the attack's
  bool started = false;

  Slot(std::size_t i, const AttackTask& t, const Method& method, const Settings& of_run,
       const Background& background, bool independent)
      : index(i),
        attempt(t.original, t.layout, t.label, of_run, background, hash_bytes(std::as_bytes(std::span(t.id))),
                independent),
        task(judged(method, of_run, attempt)),
        settings(&of_run) {
    if (t.first_answer) attempt.set_first_answer(*t.first_answer);
  }

  /// Runs the attack to its next query, or its end.
  void step() {
    if (std::exchange(started, true))
      attempt.resume();
    else
      task.start();
    if (!settings->png_safe || task.done()) return;
    rounded = on_levels(*attempt.pending().point, attempt.original(), *settings);
    attempt.pending().point = &rounded;
  }
};

}  // namespace

std::vector<Outcome> attack(Oracle& oracle, const Method& method, const Settings& settings,
                            std::span<const AttackTask> tasks, std::size_t batch,
                            const std::function<void(std::size_t)>& round, const Background& background) {
  std::vector<Outcome> outcomes(tasks.size());
  std::vector<std::unique_ptr<Slot>> slots;
  std::size_t next = 0, done = 0;
  while (done < tasks.size()) {
    for (; slots.size() < batch && next < tasks.size(); ++next)
      slots.push_back(
          std::make_unique<Slot>(next, tasks[next], method, settings, background, oracle.independent()));
    oracle.engine().pool().for_each(static_cast<std::int64_t>(slots.size()),
                                    [&](std::int64_t i) { slots[static_cast<std::size_t>(i)]->step(); });
    std::vector<Query*> pending;
    for (const auto& slot : slots) {
      if (!slot->task.done()) {
        pending.push_back(&slot->attempt.pending());
        continue;
      }
      outcomes[slot->index] = slot->task.result();
      ++done;
    }
    std::erase_if(slots, [](const auto& slot) { return slot->task.done(); });
    if (!pending.empty()) oracle.answer(pending);
    if (round) round(done);
  }
  return outcomes;
}

}  // namespace nv::attacks
