// Losses: scalars of the logits that attacks maximise.
#pragma once

#include "nv/analysis/attacks/attempt.h"

namespace nv::attacks {

/// A scalar of the logits and its gradient.
struct Loss {
  std::function<double(Values logits)> value;
  LogitGradient gradient;
};

/// -log softmax(logits)[label].
double cross_entropy(Values logits, std::int64_t label);

/// The cross-entropy of the label, or minus that of the target if there is one.
Loss cross_entropy_loss(const Attempt& a);

/// Minus the cross-entropy of class `target`.
Loss cross_entropy_loss_towards(std::int64_t target);

/// The difference-of-logits ratio (Croce & Hein 2020): the best other logit minus the label's, divided by the
/// largest minus the third largest. With a target: as dlr_loss_towards.
Loss dlr_loss(const Attempt& a);
/// The target's logit minus the label's, divided by the largest minus the mean of the third and fourth.
Loss dlr_loss_towards(const Attempt& a, std::int64_t target);

}  // namespace nv::attacks
