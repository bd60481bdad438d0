#include "nv/analysis/doctor/examination.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "nv/analysis/input_specs.h"
#include "nv/core/error.h"
#include "nv/core/sha256.h"
#include "nv/core/text.h"

namespace nv::doctor {

namespace {

/// Multiply-adds of one trial: of a sample that most faults show in, and of a larger one that shows small
/// differences of accuracy.
constexpr std::int64_t budget = std::int64_t{1} << 36, large_budget = std::int64_t{1} << 34;
constexpr std::int64_t sample_numbers = std::int64_t{1} << 25;
constexpr std::int64_t least_sampled = 8, usually_sampled = 500, most_sampled = 5000;
constexpr std::size_t most_with_arguments = 256;  // inputs

/// The model's only input, if it is one of grey or colour pictures.
std::optional<InputSpec> picture_spec(const Model& model, const Structure& structure) {
  if (model.inputs.size() != 1) return std::nullopt;
  const InputSpec spec = input_specs(model, structure)[0];
  if (spec.shape.rank() != 3) return std::nullopt;
  const std::int64_t channels = channels_of(spec);
  if (channels != 1 && channels != 3) return std::nullopt;
  return spec;
}

std::string hash_of(const Input& input) {
  std::string all;
  for (const Tensor& t : input.tensors) all += sha256(std::as_bytes(t.values()));
  return all;
}

}  // namespace

std::string Examination::name_of(std::size_t node) const {
  const Node& n = model().nodes[node];
  return fmt::format("{} ({})", one_line(n.path), one_line(model().layer_of(n).kind));
}

double Examination::accuracy() const {
  std::int64_t right = 0, all = 0;
  for (std::size_t i = 0; i < inputs.size() && i < measure.items().size(); ++i) {
    if (!inputs[i].truth) continue;
    ++all;
    right += measure.items()[i].predicted == inputs[i].truth ? 1 : 0;
  }
  return all == 0 ? std::numeric_limits<double>::quiet_NaN()
                  : static_cast<double>(right) / static_cast<double>(all);
}

bool Examination::not_finite() const {
  return std::ranges::any_of(nodes, [](const ChannelSums& sums) { return sums.not_finite() > 0; });
}

Examiner::Examiner(Engine& engine, const Settings& settings, std::size_t inputs)
    : examination_{engine, settings, output_kinds(engine.model(), engine.structure()),
                   input_scale(engine.model())} {
  Examination& e = examination_;
  e.classes = class_count(engine.structure(), e.outputs);
  e.nodes.resize(engine.model().nodes.size());
  e.normalization = normalization_layers(engine);
  spec_ = picture_spec(engine.model(), engine.structure());
  e.arguments.resize(e.nodes.size());
  const std::int64_t macs = std::max<std::int64_t>(engine.structure().macs(), 1);
  std::int64_t most = std::max(std::min(budget / macs, usually_sampled), large_budget / macs);
  if (spec_ && spec_->shape.known())
    most = std::min(most, sample_numbers / std::max<std::int64_t>(spec_->shape.elements(), 1));
  most_sampled_ = static_cast<std::size_t>(std::clamp(most, least_sampled, most_sampled));
  step_ = std::max<std::size_t>(1, (inputs + most_sampled_ - 1) / most_sampled_);
}

/// What a ReLU makes 0 can be just below 0, or far from it.
void Examiner::add_arguments(const Trace& trace) {
  Examination& e = examination_;
  for (std::size_t i = 0; i < e.nodes.size(); ++i) {
    const NodeStructure& s = e.engine.structure().nodes[i];
    const Node& node = e.model().nodes[i];
    if (!s.layer || s.layer->activation() != "relu" || node.inputs.size() != 1) continue;
    if (dynamic_cast<const ActivatedLayer*>(s.layer.get()) != nullptr)
      e.arguments[i].add(e.engine.before_activation(trace, static_cast<int>(i)), s.channels_first);
    else
      e.arguments[i].add(trace.outputs[static_cast<std::size_t>(node.inputs[0].node)], s.channels_first);
  }
}

void Examiner::add_input(const Input& input, std::size_t number) {
  Examination& e = examination_;
  ExaminedInput examined;
  examined.id = input.id;
  examined.hash = hash_of(input);
  if (e.has_truth()) examined.truth = e.settings.truth[number];
  for (const Tensor& t : input.tensors)
    examined.finite =
        examined.finite && std::ranges::all_of(t.values(), [](float x) { return std::isfinite(x); });
  if (input.picture && spec_) {
    const Shape& shape = input.tensors[0].shape();
    examined.width = input.picture->width;
    examined.height = input.picture->height;
    examined.model_height = shape[spec_->channels_first ? 1 : 0];
    examined.model_width = shape[spec_->channels_first ? 2 : 1];
  }
  e.arrays = e.arrays || input.preprocess == "none";
  e.inputs.push_back(std::move(examined));
  if (!spec_ || !samples(number)) return;
  sampled_.push_back(input.tensors[0]);
  if (e.has_truth()) sampled_truth_.push_back(e.settings.truth[number]);
}

void Examiner::add(std::span<const Input> inputs, std::span<const std::optional<std::int64_t>> items,
                   const Trace& trace, std::size_t first) {
  Examination& e = examination_;
  bool any = false;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    if (!items[i]) continue;
    add_input(inputs[i], first + i);
    any = true;
  }
  if (!any) return;
  if (first < most_with_arguments) add_arguments(trace);
  e.engine.pool().for_each(std::ssize(e.nodes), [&](std::int64_t i) {
    const auto node = static_cast<std::size_t>(i);
    e.nodes[node].add(trace.outputs[node], e.engine.structure().nodes[node].channels_first);
  });
  if (const OutputKind* const output = e.output()) e.measure.add(e.engine, trace, *output);
}

void Examiner::try_preprocessings() {
  Examination& e = examination_;
  if (!spec_ || sampled_.empty()) return;
  if (e.arrays) e.array_scale = array_scale(sampled_, *spec_);
  if (e.output() == nullptr || e.not_finite() || (e.arrays && !e.array_scale)) return;
  const Preprocess in_use = e.arrays ? e.array_scale->preprocess : e.settings.preprocess;
  const auto trained = std::ranges::find(e.normalization, false, &NormalizationLayer::untrained_statistics);
  Sample sample{{}, sampled_truth_};
  for (const Tensor& input : sampled_) sample.pixels.push_back(unscale_pixels(input, *spec_, in_use));
  e.trials = doctor::try_preprocessings(e.engine, *e.output(), *spec_, in_use, sample,
                                        trained == e.normalization.end() ? nullptr : &*trained);
}

Examination Examiner::finish() {
  try_preprocessings();
  return std::move(examination_);
}

}  // namespace nv::doctor
