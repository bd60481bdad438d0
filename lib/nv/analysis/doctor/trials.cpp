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
constexpr int most_rounds = 3;

class Trials {
 public:
  Trials(Engine& engine, const OutputKind& output, const InputSpec& spec, const Sample& sample,
         const NormalizationLayer* normalization)
      : engine_(engine), output_(output), spec_(spec), sample_(sample), normalization_(normalization) {}

  std::vector<Trial> search(const Preprocess& in_use) {
    add(in_use);
    for (int round = 0; round < most_rounds; ++round) {
      const std::size_t before = trials_.size();
      for (const Scale scale : scales(in_use)) add(with_scale(best_of(trials_).preprocess, scale));
      const Preprocess best = best_of(trials_).preprocess;
      for (const bool bgr : {false, true})
        for (const bool invert : {false, true}) add(with_flips(best, bgr, invert));
      if (trials_.size() == before) break;
    }
    return std::move(trials_);
  }

 private:
  std::int64_t channels() const { return spec_.channels_first ? spec_.shape[0] : spec_.shape[2]; }

  std::vector<Scale> scales(const Preprocess& in_use) const {
    std::vector<Scale> list{Scale::unit, Scale::raw, Scale::signed_unit};
    if (channels() == 3) list.insert(list.end(), {Scale::caffe, Scale::torch});
    if (in_use.scale == Scale::custom) list.push_back(Scale::custom);
    return list;
  }

  Preprocess with_scale(Preprocess preprocess, Scale scale) const {
    preprocess.scale = scale;
    if (scale == Scale::caffe) preprocess.bgr = false;  // it is BGR by itself
    return preprocess;
  }

  Preprocess with_flips(Preprocess preprocess, bool bgr, bool invert) const {
    preprocess.bgr = bgr && channels() == 3 && preprocess.scale != Scale::caffe;
    preprocess.invert = invert;
    return preprocess;
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
    Trial trial{preprocess, {}, nan, measure.confidence(), measure.information(), measure.gap(), nan};
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

bool is_better(const Trial& a, const Trial& b) {
  if (!a.right.empty() && a.accuracy != b.accuracy) return a.accuracy > b.accuracy;
  if (!std::isnan(a.distance) && !std::isnan(b.distance) && a.distance != b.distance)
    return a.distance < b.distance;
  return !std::isnan(a.information) && a.information > b.information;
}

const Trial& best_of(std::span<const Trial> trials) {
  const Trial* best = &trials[0];
  for (const Trial& trial : trials)
    if (is_better(trial, *best)) best = &trial;
  return *best;
}

std::vector<Trial> try_preprocessings(Engine& engine, const OutputKind& output, const InputSpec& spec,
                                      const Preprocess& in_use, const Sample& sample,
                                      const NormalizationLayer* normalization) {
  return Trials(engine, output, spec, sample, normalization).search(in_use);
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
