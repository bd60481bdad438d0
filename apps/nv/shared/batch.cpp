#include "shared/batch.h"

#include <algorithm>
#include <cmath>

#include "nv/core/error.h"
#include "nv/core/memory.h"
#include "nv/data/truth.h"
#include "shared/stage.h"

namespace nv {

namespace {
bool same_shapes(const Input& a, const Input& b) {
  return std::ranges::equal(a.tensors, b.tensors,
                            [](const Tensor& x, const Tensor& y) { return x.shape() == y.shape(); });
}
}  // namespace

std::vector<Input> read_inputs(const InputList& inputs, std::size_t first, std::size_t most,
                               ThreadPool& pool) {
  const Stage stage("reading inputs");
  std::vector<Input> read(std::min(most, inputs.size() - first));
  pool.for_each(static_cast<std::int64_t>(read.size()), [&](std::int64_t i) {
    read[static_cast<std::size_t>(i)] = inputs.try_load(first + static_cast<std::size_t>(i));
  });
  return read;
}

void report_not_finite(Console& console, std::span<const Input> inputs) {
  for (const Input& input : inputs) {
    bool nan = false, infinite = false;
    for (const Tensor& t : input.tensors)
      for (const float x : t.values()) {
        nan = nan || std::isnan(x);
        infinite = infinite || std::isinf(x);
      }
    if (!nan && !infinite) continue;
    const std::string file = input.item ? input.file.substr(0, input.file.rfind('#')) : input.file;
    console.note_once(fmt::format("{}: holds {}", file, nan ? "NaN" : "infinite values"));
  }
}

namespace {

std::vector<Shape> shapes_of(const Input& input) {
  std::vector<Shape> shapes;
  for (const Tensor& t : input.tensors) shapes.push_back(t.shape());
  return shapes;
}

/// Sizes of the model's inputs; nullopt if it leaves one open.
std::optional<std::vector<Shape>> declared_sizes(const Engine& engine) {
  std::vector<Shape> shapes;
  for (const Port& port : engine.model().inputs) {
    const auto& shape = engine.structure().nodes[static_cast<std::size_t>(port.value.node)].output;
    if (!shape || !shape->known()) return std::nullopt;
    shapes.push_back(*shape);
  }
  return shapes;
}

}  // namespace

std::size_t BatchLimit::of(const Engine& engine, std::span<const Shape> shapes) const {
  return of(engine.numbers_held(shapes, keep));
}

std::size_t BatchLimit::of(std::int64_t held) const {
  const auto allowed = std::min(numbers, static_cast<std::int64_t>(memory_limit() / 16));
  const std::int64_t fitting = allowed / std::max<std::int64_t>(held, 1);
  return static_cast<std::size_t>(std::clamp<std::int64_t>(fitting, 1, static_cast<std::int64_t>(most)));
}

std::size_t batch_size(const BatchLimit& limit, const Engine& engine, const InputList& inputs) {
  if (const auto shapes = declared_sizes(engine)) return limit.of(engine, *shapes);
  for (std::size_t i = 0; i < inputs.size(); ++i)
    if (const Input input = inputs.try_load(i); input.error.empty())
      return limit.of(engine, shapes_of(input));
  return 1;
}

/// Returns the largest batch of inputs of this size. Returns 0 and sets the input's error if a single one
/// exceeds the memory limit.
std::size_t BatchReader::check_size(Input& input) const {
  try {
    const std::int64_t numbers = engine_.numbers_held(shapes_of(input), limit_.keep);
    check_memory(static_cast<std::uint64_t>(numbers) * sizeof(float),
                 fmt::format("{}: one pass through the model", input.file));
    return limit_.of(numbers);
  } catch (const Error& e) {
    input.error = e.what();
    input.hint = e.hint();
    input.tensors.clear();
    return 0;
  }
}

Batch BatchReader::read(std::size_t first, std::size_t most) const {
  Batch batch;
  std::vector<std::size_t> readable;  // indices in batch.inputs
  // `at_once`: first one input, to find its size; then as many as decode in parallel, since inputs after one
  // of another size are read again.
  std::size_t limit = std::min({most, limit_.most, inputs_.size() - first}), at_once = 1;
  const bool open = !declared_sizes(engine_);
  for (bool ends = false; !ends && batch.inputs.size() < limit;) {
    const std::size_t have = batch.inputs.size();
    for (Input& input : read_inputs(inputs_, first + have, std::min(at_once, limit - have), engine_.pool())) {
      bool usable = input.error.empty();
      if (usable && readable.empty()) {
        const std::size_t together = check_size(input);
        usable = together > 0;
        if (usable) limit = std::min(limit, batch.inputs.size() + together);
        at_once = open ? static_cast<std::size_t>(engine_.pool().threads()) : limit;
      } else if (usable && !same_shapes(input, batch.inputs[readable[0]])) {
        ends = true;
        break;
      }
      batch.item.push_back(usable ? std::optional(static_cast<std::int64_t>(readable.size())) : std::nullopt);
      if (usable) readable.push_back(batch.inputs.size());
      batch.inputs.push_back(std::move(input));
    }
  }
  for (std::size_t port = 0; !readable.empty() && port < batch.inputs[readable[0]].tensors.size(); ++port) {
    std::vector<Tensor> items;
    for (const std::size_t i : readable) items.push_back(batch.inputs[i].tensors[port]);
    batch.tensors.push_back(stack(items));
  }
  report_not_finite(console_, batch.inputs);
  return batch;
}

std::vector<std::string> fitting_labels(std::vector<std::string> labels, const Engine& engine,
                                        const std::vector<OutputKind>& outputs, const Console& console) {
  const std::int64_t classes = class_count(engine.structure(), outputs);
  if (labels.empty() || classes == 0 || classes == std::ssize(labels)) return labels;
  console.note(fmt::format("{}: {} classes, but {} labels: classes are shown by their numbers",
                           engine.model().file, classes, labels.size()));
  return {};
}

std::vector<std::int64_t> read_truth_of(const std::string& source, const InputList& inputs,
                                        const std::vector<std::string>& labels, const Engine& engine,
                                        const std::vector<OutputKind>& outputs) {
  const OutputKind* const classifier = classifier_of(outputs);
  if (classifier == nullptr)
    throw_usage("{}: --truth needs a model with an output that is a vector of classes", engine.model().file);
  return read_truth(source, inputs, labels, class_count(engine.structure(), outputs));
}

}  // namespace nv
