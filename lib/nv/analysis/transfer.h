// Transfer of adversarial samples to other models.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "nv/analysis/attack_result.h"
#include "nv/data/input.h"
#include "nv/engine/engine.h"

namespace nv {

/// Another model, which takes the same images with its own preprocessing.
class TransferModel {
 public:
  /// `spec` and `how` are of the attacked model, `own_how` of this one. Throws Error(usage), beginning with
  /// the file, if it takes inputs of another size or has no output that is a vector of classes.
  TransferModel(Model model, const EngineOptions& options, const InputSpec& spec, const Preprocess& how,
                const Preprocess& own_how);

  const std::string& file() const { return engine_.model().file; }

  /// Per result: whether this model too misclassifies the sample (or predicts `target`). nullopt if the
  /// attack failed, or this model already misclassifies the original. `inputs` are those of the results.
  std::vector<std::optional<bool>> fooled(std::span<const Input> inputs,
                                          std::span<const AttackResult> results,
                                          std::optional<std::int64_t> target);

 private:
  std::vector<std::optional<std::int64_t>> classes(std::span<const Tensor> inputs,
                                                   std::span<const std::string> made_as);

  Engine engine_;
  OutputKind output_;
  InputSpec spec_;
  Preprocess how_, own_how_;
};

}  // namespace nv
