#include "nv/analysis/mutation/test_mutants.h"

#include <utility>

#include "nv/analysis/mutation/mutate.h"
#include "nv/analysis/prediction.h"
#include "nv/core/error.h"
#include "nv/core/interrupt.h"

namespace nv {

MutationTally::Classes predicted_classes(Engine& engine, std::span<const std::vector<Tensor>> batches) {
  const std::vector<OutputKind> outputs = output_kinds(engine.model(), engine.structure());
  const OutputKind* const output = classifier_of(outputs);
  if (output == nullptr) throw_usage("{}: no output is a vector of classes", engine.model().file);
  MutationTally::Classes classes;
  for (const std::vector<Tensor>& batch : batches) {
    check_interrupt();
    const auto some = predicted_classes(run_output(engine, *output, batch), output->activation);
    classes.insert(classes.end(), some.begin(), some.end());
  }
  return classes;
}

MutationScore test_mutants(const Model& model, const MutationTestOptions& options,
                           std::span<const std::vector<Tensor>> batches, MutationTally::Classes predicted,
                           MutationTally::Classes truth, const std::function<void()>& each) {
  MutationTally tally(std::move(predicted), std::move(truth));
  for (std::int64_t n = 0; n < options.mutants; ++n) {
    const Mutation m =
        random_mutation(model, options.operators, options.seed + static_cast<std::uint64_t>(n));
    const Mutant mutant = mutate(model, {&m, 1});
    Engine engine(mutant.model, options.engine);
    engine.freeze(mutant.frozen);
    tally.add(mutant.mutations[0], predicted_classes(engine, batches));
    if (each) each();
  }
  return tally.finish();
}

}  // namespace nv
