// One attack on one input, as the attack's algorithm sees it.
#pragma once

#include <coroutine>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "nv/analysis/attacks/method.h"
#include "nv/core/random.h"
#include "nv/core/shape.h"

namespace nv::attacks {

/// The result of a query: the model's outputs for one point.
struct Answer {
  /// Before softmax or sigmoid; (0, z) for a model of a single unit z.
  std::vector<float> logits;
  std::optional<std::int64_t> predicted;  ///< class by the model's own output; nullopt if it holds NaN
  bool adversarial = false;               ///< `predicted` is what the attack wants, by more than rounding
  std::vector<float> output;              ///< the model's own output; filled in for uncounted queries only
  std::vector<Point> gradients;           ///< one per scalar of the query
};

/// The shape of an input (no batch axis), and whether its first axis is the channels.
struct PointLayout {
  Shape shape;
  bool channels_first = false;
};

/// The gradient of a scalar of the logits: writes it into `d`, which holds zeros.
using LogitGradient = std::function<void(Values logits, std::span<float> d)>;

/// One forward pass over one point, with a backward pass per scalar.
struct Query {
  const Point* point = nullptr;
  const PointLayout* layout = nullptr;
  std::vector<LogitGradient> scalars;  ///< gradients to the point that are wanted
  bool counted = true;                 ///< part of the attack's query count
  Answer answer;
};

/// Another input of the run and its predicted class.
struct Example {
  Point point;
  PointLayout layout;
  std::int64_t label = 0;
};

/// What an attack knows about the whole run.
struct Background {
  std::vector<Example> examples;  ///< if Method::examples
  Point learnt;                   ///< the result of Method::learn
};

/// An attack on one input: what a method's coroutine knows, draws and asks.
class Attempt {
 public:
  /// `original`, `settings` and `background` must outlive the object. `id` seeds the randomness.
  /// `independent`: each logit has its own sigmoid.
  Attempt(const Point& original, PointLayout layout, std::int64_t label, const Settings& settings,
          const Background& background, std::uint64_t id, bool independent);

  const Point& original() const { return *original_; }
  const PointLayout& layout() const { return layout_; }
  /// The predicted class of the original, which an untargeted attack tries to leave.
  std::int64_t label() const { return label_; }
  std::optional<std::int64_t> target() const { return settings_->target; }
  const Bounds& bounds() const { return settings_->bounds; }
  Norm norm() const { return settings_->norm; }
  /// Of a fixed-epsilon method.
  double eps() const { return *settings_->eps; }
  double parameter(std::string_view name) const { return settings_->parameter(name); }
  std::int64_t count(std::string_view name) const { return static_cast<std::int64_t>(parameter(name)); }
  Random& random() { return random_; }
  const Background& background() const { return *background_; }

  /// Distance from the original in the attack's norm.
  double distance_of(Values x) const { return distance(x, original(), norm()); }
  /// Whether `predicted` is what the attack wants.
  bool wanted(std::optional<std::int64_t> predicted) const {
    return predicted && (target() ? *predicted == *target() : *predicted != label_);
  }
  /// The class whose logit the attack wants low (untargeted) or high (targeted).
  std::int64_t goal_class() const { return target().value_or(label_); }

  /// A query to co_await, which gives its Answer. The attack pauses until the driver has answered it.
  class [[nodiscard]] PendingQuery {
   public:
    PendingQuery(const PendingQuery&) = delete;
    PendingQuery& operator=(const PendingQuery&) = delete;

    bool await_ready() const noexcept { return answered_; }
    void await_suspend(std::coroutine_handle<> attack) noexcept {
      attempt_.pending_ = &query_;
      attempt_.attack_ = attack;
    }
    Answer await_resume() { return std::move(query_.answer); }

   private:
    friend class Attempt;
    /// `answer`: if it is known already; the query then counts, but is not made.
    PendingQuery(Attempt& attempt, Query query, std::optional<Answer> answer = {});

    Attempt& attempt_;
    Query query_;
    bool answered_;
  };

  // Points and scalars are referred to until the answer is there, and g++ 12 destroys temporaries of an
  // awaited call twice: so all are names, and temporaries do not compile.

  /// The model's output for `x`. Counts one query.
  PendingQuery query(const Point& x) { return {*this, {&x, &layout_, {}, true, {}}}; }
  PendingQuery query(Point&&) = delete;
  /// With the gradient of one scalar of the logits. Counts one query and one gradient evaluation.
  PendingQuery gradient(const Point& x, const LogitGradient& scalar) {
    return {*this, {&x, &layout_, {scalar}, true, {}}};
  }
  PendingQuery gradient(const Point&, LogitGradient&&) = delete;
  PendingQuery gradient(Point&&, const LogitGradient&) = delete;
  /// With the gradients of several scalars, from one forward pass. Counts one gradient evaluation per scalar.
  PendingQuery gradients(const Point& x, const std::vector<LogitGradient>& scalars) {
    return {*this, {&x, &layout_, scalars, true, {}}};
  }
  PendingQuery gradients(const Point&, std::vector<LogitGradient>&&) = delete;
  PendingQuery gradients(Point&&, const std::vector<LogitGradient>&) = delete;
  /// With the gradient to ascend: of the cross-entropy of the label, or minus that of the target.
  PendingQuery ascent(const Point& x);
  PendingQuery ascent(Point&&) = delete;
  /// An uncounted query: the check of the result.
  PendingQuery judge(const Point& x) { return {*this, {&x, &layout_, {}, false, {}}}; }
  PendingQuery judge(Point&&) = delete;

  // For the driver.
  /// The answer to the ascent query of the original, if it is known before the attack starts.
  void set_first_answer(Answer answer) { first_answer_ = std::move(answer); }
  /// The query that the attack waits for.
  Query& pending() { return *pending_; }
  /// Continues the attack after its pending query was answered.
  void resume();
  std::int64_t queries() const { return queries_; }
  std::int64_t gradient_count() const { return gradients_; }
  /// Whether gradients were evaluated and each was 0 everywhere.
  bool zero_gradient() const { return gradients_ > 0 && zero_gradients_ == gradients_; }
  /// Seeds the randomness anew for restart `i`.
  void restart(int i);

 private:
  /// Decides whether an answer is adversarial, and counts it.
  void record(Query& query);

  const Point* original_;
  PointLayout layout_;
  std::int64_t label_;
  const Settings* settings_;
  std::uint64_t id_;
  bool independent_;
  Random random_;
  const Background* background_;
  std::optional<Answer> first_answer_;
  Query* pending_ = nullptr;
  std::coroutine_handle<> attack_;  ///< paused at pending_
  std::int64_t queries_ = 0, gradients_ = 0, zero_gradients_ = 0;
};

/// The class with the largest logit but `excluded`; `excluded` itself if there is no other.
std::int64_t best_other(Values logits, std::int64_t excluded);

/// Writes into `d` the gradient to the logits of what an attack ascends: the cross-entropy of `label`, or
/// minus that of `target`.
void ascent_gradient(Values logits, std::span<float> d, std::int64_t label,
                     std::optional<std::int64_t> target, bool independent);

/// Positive if the logits are adversarial: best other logit minus the label's, or the target's minus the best
/// other.
float margin(const Attempt& attempt, Values logits);
/// The gradient of `margin`.
LogitGradient margin_gradient(const Attempt& attempt);

}  // namespace nv::attacks
