#include "nv/analysis/doctor/trials.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "nv/analysis/batches.h"
#include "nv/analysis/doctor/output_measure.h"

namespace nv::doctor {

namespace {

constexpr std::int64_t numbers_at_once = std::int64_t{1} << 25;
constexpr std::int64_t most_at_once = 32;

class Trials {
 public:
  Trials(Engine& engine, const OutputKind& output, const InputSpec& spec, const Sample& sample,
         const NormalizationLayer* normalization)
      : engine_(engine), output_(output), spec_(spec), sample_(sample), normalization_(normalization) {}

  std::vector<Trial> all(const Preprocess& in_use) {
    add(in_use);
    for (const Preprocess& scaled : scales(in_use))
      for (const bool bgr : {false, true})
        for (const bool invert : {false, true}) {
          Preprocess candidate = scaled;
          candidate.bgr = bgr && channels() == 3 && scaled.scale != Scale::caffe;  // which is BGR by itself
          candidate.invert = invert;
          add(candidate);
        }
    return std::move(trials_);
  }

 private:
  std::int64_t channels() const { return channels_of(spec_); }

  /// Resized as `in_use`, in the scales that models are trained with.
  std::vector<Preprocess> scales(const Preprocess& in_use) const {
    std::vector<Preprocess> list;
    const auto add_scale = [&](Scale scale, float mean = 0, float deviation = 1) {
      list.push_back(in_use);
      list.back().scale = scale;
      list.back().mean = {mean};
      list.back().deviation = {deviation};
    };
    for (const Scale scale : {Scale::unit, Scale::raw, Scale::signed_unit}) add_scale(scale);
    if (channels() == 3)
      for (const Scale scale : {Scale::caffe, Scale::torch}) add_scale(scale);
    else
      add_scale(Scale::custom, 0.1307F, 0.3081F);  // MNIST's, of many tutorials
    if (in_use.scale == Scale::custom) list.push_back(in_use);
    return list;
  }

  void add(const Preprocess& preprocess) {
    if (std::ranges::find(trials_, preprocess, &Trial::preprocess) == trials_.end())
      trials_.push_back(measured(preprocess));
  }

  Trial measured(const Preprocess& preprocess) {
    std::vector<Tensor> inputs;
    for (const Tensor& pixels : sample_.pixels) inputs.push_back(scale_pixels(pixels, spec_, preprocess));
    OutputMeasure measure;
    ChannelSums sums;
    const Shape shape = inputs[0].shape();
    const std::int64_t held = std::max<std::int64_t>(engine_.numbers_held({&shape, 1}), 1);
    const auto most = std::clamp<std::int64_t>(numbers_at_once / held, 1, most_at_once);
    in_batches(inputs, static_cast<std::size_t>(most),
               [&](const Tensor& stacked, std::span<const std::size_t>) {
                 const Trace trace = engine_.forward({&stacked, 1});
                 measure.add(engine_, trace, output_);
                 if (normalization_ == nullptr) return;
                 const std::size_t source = normalization_->source;
                 sums.add(trace.outputs[source], engine_.structure().nodes[source].channels_first);
               });
    return trial_of(preprocess, measure, sums);
  }

  Trial trial_of(const Preprocess& preprocess, const OutputMeasure& measure, const ChannelSums& sums) const {
    constexpr double nan = std::numeric_limits<double>::quiet_NaN();
    Trial trial{preprocess, {}, {}, nan, measure.confidence(), measure.information(), measure.gap(), nan};
    for (const OutputMeasure::Item& item : measure.items()) trial.confidences.push_back(item.confidence);
    for (std::size_t i = 0; i < sample_.truth.size(); ++i)
      trial.right.push_back(measure.items()[i].predicted == sample_.truth[i]);
    if (!trial.right.empty())
      trial.accuracy = static_cast<double>(std::ranges::count(trial.right, true)) /
                       static_cast<double>(trial.right.size());
    if (normalization_ != nullptr) trial.distance = distance(*normalization_, sums);
    return trial;
  }

  Engine& engine_;
  const OutputKind& output_;
  const InputSpec& spec_;
  const Sample& sample_;
  const NormalizationLayer* normalization_;
  std::vector<Trial> trials_;
};

}  // namespace

bool same_scale(const Preprocess& a, const Preprocess& b) {
  return a.scale == b.scale && (a.scale != Scale::custom || (a.mean == b.mean && a.deviation == b.deviation));
}

int changes(const Preprocess& a, const Preprocess& b) {
  return (same_scale(a, b) ? 0 : 1) + (a.bgr != b.bgr ? 1 : 0) + (a.invert != b.invert ? 1 : 0);
}

std::vector<Trial> try_preprocessings(Engine& engine, const OutputKind& output, const InputSpec& spec,
                                      const Preprocess& in_use, const Sample& sample,
                                      const NormalizationLayer* normalization) {
  return Trials(engine, output, spec, sample, normalization).all(in_use);
}

std::string options_of(const Preprocess& p) {
  std::string text;
  if (p.scale == Scale::custom)
    text = fmt::format("--mean {} --std {}", fmt::join(p.mean, ","), fmt::join(p.deviation, ","));
  else
    text = fmt::format("--preprocess {}", scale_name(p.scale));
  if (p.bgr) text += " --channels bgr";
  if (p.invert) text += " --invert";
  return text;
}

}  // namespace nv::doctor
