#include "nv/analysis/transfer.h"

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
  if (m.inputs.size() != 1) throw_usage("{}: takes {} inputs, samples are one", m.file, m.inputs.size());
  const NodeStructure& input = engine_.structure().nodes[static_cast<std::size_t>(m.inputs[0].value.node)];
  if (!input.output || !fits(spec.shape, *input.output) || input.channels_first != spec.channels_first)
    throw_usage("{}: takes inputs of {}, the samples are {}", m.file,
                input.output ? input.output->str() : "unknown size", spec.shape.str());
}

std::vector<std::int64_t> TransferModel::classes(std::span<const Tensor> inputs,
                                                 std::span<const std::string> made_as) {
  constexpr std::size_t most = 64;
  std::vector<bool> keep(engine_.model().nodes.size(), false);
  const auto node = static_cast<std::size_t>(output_.value.node);
  keep[node] = true;
  std::vector<std::int64_t> classes;
  for (std::size_t at = 0; at < inputs.size();) {
    std::vector<Tensor> batch;
    for (; at < inputs.size() && batch.size() < most; ++at) {
      if (!batch.empty() && !(batch[0].shape() == inputs[at].shape())) break;
      // Arrays that were taken as they are, are so here too.
      const bool same = made_as[at] == "none" || describe_scale(how_) == describe_scale(own_how_);
      batch.push_back(same ? inputs[at]
                           : scale_pixels(unscale_pixels(inputs[at], spec_, how_), spec_, own_how_));
    }
    const Tensor stacked = stack(batch);
    const Trace trace = engine_.forward({&stacked, 1}, keep);
    for (std::int64_t i = 0; i < trace.outputs[node].shape()[0]; ++i)
      classes.push_back(predict(trace.outputs[node].item(i).values(), output_.activation, {}).index);
  }
  return classes;
}

std::vector<std::optional<bool>> TransferModel::fooled(std::span<const Input> inputs,
                                                       std::span<const AttackResult> results,
                                                       std::optional<std::int64_t> target) {
  std::vector<Tensor> originals, samples;
  std::vector<std::string> made_as;
  std::vector<std::size_t> whose;
  for (std::size_t i = 0; i < results.size(); ++i) {
    if (results[i].status != AttackStatus::success) continue;
    originals.push_back(inputs[i].tensors.at(0));
    samples.push_back(results[i].sample);
    made_as.push_back(results[i].preprocess);
    whose.push_back(i);
  }
  const std::vector<std::int64_t> before = classes(originals, made_as), after = classes(samples, made_as);
  std::vector<std::optional<bool>> fooled(results.size());
  for (std::size_t k = 0; k < whose.size(); ++k) {
    const AttackResult& r = results[whose[k]];
    const std::int64_t label = r.truth.value_or(r.original->index);
    if (before[k] == label) fooled[whose[k]] = target ? after[k] == *target : after[k] != label;
  }
  return fooled;
}

}  // namespace nv
