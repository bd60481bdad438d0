#include "nv/analysis/transfer.h"

#include "nv/analysis/batches.h"
#include "nv/core/error.h"

namespace nv {

TransferModel::TransferModel(Model model, const EngineOptions& options, const InputSpec& spec,
                             const Preprocess& how, const Preprocess& own_how)
    : engine_(std::move(model), options), spec_(spec), how_(how), own_how_(own_how) {
  const Model& m = engine_.model();
  const std::vector<OutputKind> outputs = output_kinds(m, engine_.structure());
  const OutputKind* const output = classifier_of(outputs);
  if (output == nullptr) throw_usage("{}: no output is a vector of classes", m.file);
  output_ = *output;
  if (m.inputs.size() != 1) throw_usage("{}: takes {} inputs, expected one", m.file, m.inputs.size());
  const NodeStructure& input = engine_.structure().nodes[static_cast<std::size_t>(m.inputs[0].value.node)];
  if (!input.output || !fits(spec.shape, *input.output) || input.channels_first != spec.channels_first)
    throw_usage("{}: takes inputs of {}, expected {}", m.file,
                input.output ? input.output->str() : "unknown size", spec.shape.str());
}

std::vector<std::optional<std::int64_t>> TransferModel::classes(std::span<const Tensor> inputs,
                                                                std::span<const std::string> made_as) {
  constexpr std::size_t most = 64;
  std::vector<Tensor> own;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    // Arrays that were not preprocessed for the attacked model are not preprocessed here.
    const bool same = made_as[i] == "none" || describe_scale(how_) == describe_scale(own_how_);
    own.push_back(same ? inputs[i] : scale_pixels(unscale_pixels(inputs[i], spec_, how_), spec_, own_how_));
  }
  std::vector<std::optional<std::int64_t>> classes;
  in_batches(own, most, [&](const Tensor& stacked, std::span<const std::size_t>) {
    const auto some = predicted_classes(run_output(engine_, output_, {&stacked, 1}), output_.activation);
    classes.insert(classes.end(), some.begin(), some.end());
  });
  return classes;
}

std::vector<std::optional<bool>> TransferModel::fooled(std::span<const Input> inputs,
                                                       std::span<const AttackResult> results,
                                                       std::optional<std::int64_t> target) {
  std::vector<Tensor> originals, samples;
  std::vector<std::string> made_as;
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < results.size(); ++i) {
    if (results[i].status != AttackStatus::success) continue;
    originals.push_back(inputs[i].tensors.at(0));
    samples.push_back(results[i].sample);
    made_as.push_back(results[i].preprocess);
    places.push_back(i);
  }
  const auto before = classes(originals, made_as), after = classes(samples, made_as);
  std::vector<std::optional<bool>> fooled(results.size());
  for (std::size_t k = 0; k < places.size(); ++k) {
    const AttackResult& r = results[places[k]];
    const std::int64_t label = r.truth.value_or(r.original->index);
    if (before[k] == label)
      fooled[places[k]] = after[k] && (target ? *after[k] == *target : *after[k] != label);
  }
  return fooled;
}

}  // namespace nv
