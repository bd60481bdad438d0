#include "batch.h"

#include <algorithm>

#include "nv/core/error.h"
#include "nv/data/truth.h"

namespace nv {

namespace {
bool same_shapes(const Input& a, const Input& b) {
  return std::ranges::equal(a.tensors, b.tensors,
                            [](const Tensor& x, const Tensor& y) { return x.shape() == y.shape(); });
}
}  // namespace

std::vector<Input> read_inputs(const InputList& inputs, std::size_t first, std::size_t most,
                               ThreadPool& pool) {
  std::vector<Input> read(std::min(most, inputs.size() - first));
  pool.for_each(static_cast<std::int64_t>(read.size()), [&](std::int64_t i) {
    read[static_cast<std::size_t>(i)] = inputs.try_load(first + static_cast<std::size_t>(i));
  });
  return read;
}

Batch read_batch(const InputList& inputs, std::size_t first, std::size_t most, ThreadPool& pool) {
  Batch batch;
  batch.inputs = read_inputs(inputs, first, most, pool);
  std::vector<const Input*> good;
  for (const Input& input : batch.inputs) {
    const bool fit = input.error.empty();
    if (fit && !good.empty() && !same_shapes(input, *good[0])) break;
    batch.item.push_back(fit ? std::optional(static_cast<std::int64_t>(good.size())) : std::nullopt);
    if (fit) good.push_back(&input);
  }
  for (std::size_t port = 0; !good.empty() && port < good[0]->tensors.size(); ++port) {
    std::vector<Tensor> items;
    for (const Input* input : good) items.push_back(input->tensors[port]);
    batch.tensors.push_back(stack(items));
  }
  batch.inputs.resize(batch.item.size());
  return batch;
}

std::size_t batch_size(const Engine& engine, std::int64_t numbers, std::int64_t most) {
  std::int64_t one = 1;
  for (const NodeStructure& node : engine.structure().nodes)
    if (node.output && node.output->known()) one += node.output->elements();
  return static_cast<std::size_t>(std::clamp<std::int64_t>(numbers / one, 1, most));
}

std::int64_t class_count(const Engine& engine, const std::vector<OutputKind>& outputs) {
  const OutputKind* const classifier = classifier_of(outputs);
  if (classifier == nullptr) return 0;
  const auto& shape = engine.structure().nodes[static_cast<std::size_t>(classifier->value.node)].output;
  const std::int64_t units = shape ? (*shape)[0] : 0;
  return units == 1 ? 2 : std::max<std::int64_t>(units, 0);
}

std::vector<std::string> fitting_labels(std::vector<std::string> labels, const Engine& engine,
                                        const std::vector<OutputKind>& outputs, const Talk& talk) {
  const std::int64_t classes = class_count(engine, outputs);
  if (labels.empty() || classes == 0 || classes == std::ssize(labels)) return labels;
  talk.note(fmt::format("{}: {} classes, but {} labels: classes are shown by their numbers",
                        engine.model().file, classes, labels.size()));
  return {};
}

std::vector<std::int64_t> read_truth_of(const std::string& source, const InputList& inputs,
                                        const std::vector<std::string>& labels, const Engine& engine,
                                        const std::vector<OutputKind>& outputs) {
  const OutputKind* const classifier = classifier_of(outputs);
  if (classifier == nullptr)
    throw_usage("{}: --truth does not go with a model whose outputs are no vectors of classes",
                engine.model().file);
  return read_truth(source, inputs, labels, class_count(engine, outputs));
}

}  // namespace nv
