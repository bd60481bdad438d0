// The results of an attack.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "nv/analysis/attacks/point.h"
#include "nv/analysis/prediction.h"
#include "nv/core/tensor.h"
#include "nv/data/image.h"

namespace nv {

enum class AttackStatus { success, failed, skipped, error };
/// "success", "failed", "skipped", "error".
std::string_view status_name(AttackStatus status);

/// Predictions of another model of a joint attack; nullopt if its output holds NaN.
struct OtherModel {
  std::optional<Prediction> original, adversarial;
};

/// The result of an attack on one input.
struct AttackResult {
  std::string id, file, preprocess;
  AttackStatus status = AttackStatus::failed;
  std::string reason;                  ///< why it was skipped
  std::string error, hint;             ///< why the input cannot be used; the rest is empty then
  std::optional<std::int64_t> truth;   ///< true class
  std::optional<Prediction> original;  ///< of the original; nullopt if the output holds NaN
  std::vector<OtherModel> others;      ///< of a joint attack

  // If it was attacked:
  /// Of `sample`, whether or not the attack succeeded; nullopt if the output holds NaN.
  std::optional<Prediction> adversarial;
  attacks::Distances distances;  ///< between original and sample, in the space of the attack's bounds
  std::int64_t queries = 0, gradients = 0;
  bool zero_gradient = false;                      ///< gradients were evaluated and each was 0 everywhere
  Tensor sample;                                   ///< the model's input, exactly
  std::vector<float> scores_before, scores_after;  ///< the model's output, of original and sample
  std::optional<Picture> picture;    ///< of a success: the sample as 8 bits; nullopt if it is not an image
  std::optional<bool> survives_png;  ///< of a success that is an image: still adversarial as 8 bits
  std::vector<std::pair<std::string, std::string>> files;  ///< kind and name of files that were written
};

/// Whether an input was attacked: neither skipped nor in error.
bool was_attacked(const AttackResult& r);

/// Neuron coverage of one model, by the original inputs alone and with the samples found.
struct CoverageChange {
  std::string file;
  std::int64_t neurons = 0;
  double before = 0, after = 0;  ///< shares of the neurons
};

/// One change for all inputs.
struct Perturbation {
  Tensor change;                   ///< in the space of the attack's bounds
  std::optional<Picture> picture;  ///< grey where nothing changes; nullopt if inputs are not images
  double l2 = 0, linf = 0;
};

}  // namespace nv
