// Whether samples made for one model fool another.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "nv/analysis/attack.h"
#include "nv/data/input.h"
#include "nv/engine/engine.h"

namespace nv {

/// Another model, which takes the same pictures in its own scale.
class TransferModel {
 public:
  /// `spec` and `how` are of the model that the samples were made for, `own_how` of this one. Throws
  /// Error(usage), beginning with the file, where it takes inputs of another size or says no classes.
  TransferModel(Model model, const EngineOptions& options, const InputSpec& spec, const Preprocess& how,
                const Preprocess& own_how);

  const std::string& file() const { return engine_.model().file; }

  /// Of each result: whether its sample fools this model too. nullopt where the attack failed, or where the
  /// model is wrong about the input already. `inputs` are those of the results.
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
