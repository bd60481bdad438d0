// From the result of an attack to the sheet of its sample.
#include <fmt/format.h>

#include <algorithm>

#include "nv/analysis/captions.h"
#include "nv/core/error.h"
#include "nv/data/preprocess.h"
#include "nv/figures/attack/sample_sheet.h"
#include "nv/figures/drawable.h"

namespace nv::figures {

namespace {

constexpr std::size_t most_classes = 6;

/// sample - original as rows x cols x channels, in the unit of the bounds. `shape` is a picture of its size.
std::vector<float> change_of(const AttackedInput& in, const Picture& shape) {
  const InputSpec& spec = in.attacker.spec();
  const Tensor before = unscale_pixels(in.original, spec, in.attacker.pictures());
  const Tensor after = unscale_pixels(in.result.sample, spec, in.attacker.pictures());
  const auto channels = static_cast<std::size_t>(shape.channels),
             cells = static_cast<std::size_t>(shape.width * shape.height);
  const float unit = in.bounds.range() / 255;
  std::vector<float> change(channels * cells);
  for (std::size_t cell = 0; cell < cells; ++cell)
    for (std::size_t c = 0; c < channels; ++c) {
      const auto from =
          static_cast<std::int64_t>(spec.channels_first ? c * cells + cell : cell * channels + c);
      change[cell * channels + c] = (after[from] - before[from]) * unit;
    }
  return change;
}

/// The classes with the largest scores, before or after.
std::vector<PictureChange::Score> scores_of(const AttackedInput& in) {
  const std::vector<float>&before = in.result.scores_before, &after = in.result.scores_after;
  std::vector<PictureChange::Score> scores;
  if (before.size() != after.size() || before.size() < 2) return scores;
  const auto score = [](const std::vector<float>& all, std::int64_t k) {
    return static_cast<double>(all[static_cast<std::size_t>(k)]);
  };
  for (const std::int64_t k : leading_classes(before, after, in.attacker.output().activation, most_classes))
    scores.push_back({class_label(k, in.labels), score(before, k), score(after, k)});
  return scores;
}

}  // namespace

std::optional<PictureChange> sample_sheet(const AttackedInput& in, const Style& style) {
  if (!in.result.picture) return std::nullopt;
  PictureChange sheet;
  try {
    sheet.before = drawable(to_picture(in.original, in.attacker.spec(), in.attacker.pictures()));
  } catch (const Error&) {
    return std::nullopt;
  }
  sheet.after = drawable(*in.result.picture);
  sheet.before.caption = prediction_text(in.result.original);
  sheet.after.caption = prediction_text(in.result.adversarial);
  sheet.difference = change_of(in, *in.result.picture);
  sheet.channels = static_cast<int>(in.result.picture->channels);
  sheet.range = in.bounds.range();
  sheet.scores = scores_of(in);
  sheet.meaning = gives_probabilities(in.attacker.output().activation) ? "probability" : "score";
  sheet.title = in.result.id;
  sheet.kind = in.method;
  sheet.source = model_title(in.model);
  sheet.caption = fmt::format("L2 {:.4g}  ·  L∞ {:.4g}  ·  {:.0f} values changed", in.result.distances.l2,
                              in.result.distances.linf, in.result.distances.l0);
  sheet.theme = style.theme;
  return sheet;
}

}  // namespace nv::figures
