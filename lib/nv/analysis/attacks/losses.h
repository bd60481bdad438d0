// Scalars of the logits that attacks climb.
#pragma once

#include "nv/analysis/attacks/attempt.h"

namespace nv::attacks {

/// A scalar with its gradient; larger is nearer to what the attack wants.
struct Loss {
  std::function<double(Values logits)> value;
  LogitGradient gradient;
};

/// -log softmax(logits)[label].
double cross_entropy(Values logits, std::int64_t label);

/// The cross-entropy of the label, or minus that of the target.
Loss cross_entropy_loss(const Attempt& a);

/// Minus the cross-entropy of class `target`.
Loss cross_entropy_loss_towards(std::int64_t target);

/// The difference of logits ratio (Croce & Hein 2020): how far the label's logit is above the best other's,
/// as a share of what lies between the first and the third; towards the target where there is one.
Loss dlr_loss(const Attempt& a);
/// The same towards class `target`: a share of what lies between the first and the third and fourth.
Loss dlr_loss_towards(const Attempt& a, std::int64_t target);

}  // namespace nv::attacks
