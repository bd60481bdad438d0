// One attack on one input, as the attack sees it.
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

/// What the model says of a point.
struct Answer {
  /// Before softmax or sigmoid; (0, z) for a model of a single unit z.
  std::vector<float> logits;
  std::optional<std::int64_t> predicted;  ///< of the model's own output; nullopt where it holds NaN
  bool adversarial = false;               ///< predicted is what the attack wants, and not by rounding alone
  std::vector<float> output;              ///< the model's own, for the judge alone
  std::vector<Point> gradients;
};

/// The shape of an input as a picture: (rows, columns, channels), and whether channels come first in memory.
struct Layout {
  Shape shape;
  bool channels_first = false;
};

/// A scalar of the logits, by its gradient: writes it into `d`, which holds zeros.
using LogitGradient = std::function<void(Values logits, std::span<float> d)>;

/// A question to the model. Whoever awaits it pauses until it was answered.
struct Question {
  const Point* point = nullptr;
  const Layout* layout = nullptr;
  std::vector<LogitGradient> scalars;  ///< whose gradients to the point are wanted
  bool counted = true;
  Answer answer;
};

/// An input of the run and the class that the model gives it.
struct Example {
  Point point;
  Layout layout;
  std::int64_t label = 0;
};

/// What an attack knows of the whole run.
struct Background {
  std::vector<Example> examples;  ///< for a method that asks for them
  Point learnt;                   ///< what Method::learn made of them
};

class Attempt {
 public:
  /// `original`, `settings` and `background` must stay; `id` seeds the randomness; `independent`: each logit
  /// has a sigmoid of its own.
  Attempt(const Point& original, Layout layout, std::int64_t label, const Settings& settings,
          const Background& background, std::uint64_t id, bool independent);

  const Point& original() const { return *original_; }
  const Layout& layout() const { return layout_; }
  /// The class that the input has (untargeted: to be left).
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

  /// The distance from the original in the attack's norm.
  double distance_of(Values x) const { return distance(x, original(), norm()); }
  /// Whether `predicted` is what the attack wants.
  bool wanted(std::optional<std::int64_t> predicted) const {
    return predicted && (target() ? *predicted == *target() : *predicted != label_);
  }
  /// The class whose logit the attack wants low (untargeted) or high (targeted).
  std::int64_t goal_class() const { return target().value_or(label_); }

  class Asking {
   public:
    Asking(Attempt& attempt, Question question) : attempt_(attempt), question_(std::move(question)) {}
    bool await_ready() const noexcept { return known_; }
    void await_suspend(std::coroutine_handle<> asker) noexcept {
      attempt_.pending_ = &question_;
      attempt_.asker_ = asker;
    }
    Answer await_resume() { return std::move(question_.answer); }
    /// It need not be asked.
    void know(Answer answer) {
      question_.answer = std::move(answer);
      attempt_.settle(question_);
      known_ = true;
    }

   private:
    Attempt& attempt_;
    Question question_;
    bool known_ = false;
  };

  /// What the model says of `x`, which must stay until the answer is there. Counts one query.
  Asking query(const Point& x) { return {*this, {&x, &layout_, {}, true, {}}}; }
  /// Together with the gradient of a scalar of the logits. Counts one query and one gradient.
  Asking gradient(const Point& x, LogitGradient scalar) {
    return {*this, {&x, &layout_, {std::move(scalar)}, true, {}}};
  }
  /// With the gradients of several scalars, from one forward pass. Counts a gradient each.
  Asking gradients(const Point& x, std::vector<LogitGradient> scalars) {
    return {*this, {&x, &layout_, std::move(scalars), true, {}}};
  }
  /// With the gradient of what to climb: the cross-entropy of the label, or minus that of the target.
  Asking ascent(const Point& x);
  /// A query that is not counted: the judge's.
  Asking judge(const Point& x) { return {*this, {&x, &layout_, {}, false, {}}}; }

  // For the driver.
  /// The answer to `ascent` of the original, which was found out before.
  void open(Answer answer) { opening_ = std::move(answer); }
  Question& pending() { return *pending_; }
  /// Lets the attack go on after its pending question was answered.
  void resume();
  std::int64_t queries() const { return queries_; }
  std::int64_t gradient_count() const { return gradients_; }
  /// A gradient was asked for, and each one was 0 everywhere.
  bool zero_gradient() const { return gradients_ > 0 && zero_gradients_ == gradients_; }
  /// Reseeds for restart `i`.
  void restart(int i);

 private:
  /// Judges and counts what was answered.
  void settle(Question& question);

  const Point* original_;
  Layout layout_;
  std::int64_t label_;
  const Settings* settings_;
  std::uint64_t id_;
  bool independent_;
  Random random_;
  const Background* background_;
  std::optional<Answer> opening_;
  Question* pending_ = nullptr;
  std::coroutine_handle<> asker_;
  std::int64_t queries_ = 0, gradients_ = 0, zero_gradients_ = 0;
};

/// The logit of `excluded`'s best rival; `excluded` itself where there is no other.
std::int64_t best_other(Values logits, std::int64_t excluded);

/// Writes into `d` the gradient to the logits of what to climb: the cross-entropy of `label`, or minus that
/// of `target`.
void ascent_gradient(Values logits, std::span<float> d, std::int64_t label,
                     std::optional<std::int64_t> target, bool independent);

/// Positive where the point is adversarial by its logits: best other minus label, or target minus best other.
float margin(const Attempt& attempt, Values logits);
/// The gradient of `margin`.
LogitGradient margin_gradient(const Attempt& attempt);

}  // namespace nv::attacks
