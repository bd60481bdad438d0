#include "nv/data/input_tally.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace nv {

void InputRemarks::add(const InputRemarks& other) {
  picture |= other.picture;
  composed |= other.composed;
  reduced |= other.reduced;
  light |= other.light;
  as_pixels |= other.as_pixels;
  as_shares |= other.as_shares;
}

void remark_range(const Tensor& numbers, const Preprocess& how, InputRemarks& remarks) {
  constexpr std::int64_t least = 16;  // arrays with fewer numbers are no pictures
  if (numbers.size() < least) return;
  float low = numbers[0], high = numbers[0];
  for (const float value : numbers.values()) {
    if (!(value >= 0.0F && value <= 255.0F)) return;  // NaN too
    low = std::min(low, value);
    high = std::max(high, value);
  }
  const bool scaled = how.scale != Scale::raw && how.scale != Scale::caffe;
  remarks.as_pixels = scaled && high > 16.0F;
  remarks.as_shares = !scaled && high <= 1.0F && low < high;
}

void InputTally::add(std::size_t i, const InputRemarks& remarks, const std::string& preprocess) {
  const std::lock_guard lock(mutex_);
  if (read_[i]) return;
  read_[i] = true;
  ++read_count_;
  seen_[i] = remarks;
  if (remarks.picture) ++done_[preprocess];
}

std::vector<std::string> InputTally::notes(const Preprocess& how) const {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> notes;
  const auto add_note = [&](bool InputRemarks::*what, const std::string& text) {
    const auto count = std::ranges::count_if(seen_, [&](const InputRemarks& r) { return r.*what; });
    if (count > 0)
      notes.push_back(
          fmt::format("{} of {} input{} {}", count, read_count_, read_count_ == 1 ? "" : "s", text));
  };
  add_note(&InputRemarks::composed, "transparent: composed on white, since the model takes no alpha");
  add_note(&InputRemarks::reduced,
           "reduced to less than half the size, which leaves most pixels out: --resize area averages them");
  add_note(&InputRemarks::light,
           "mostly light: if the model was trained on light strokes on dark, --invert inverts them");
  add_note(
      &InputRemarks::as_pixels,
      fmt::format(
          "with numbers of 0 to 255, taken as they are; pictures are scaled for this model: --preprocess {} "
          "scales arrays too",
          how.scale == Scale::custom ? "unit" : scale_name(how.scale)));
  add_note(&InputRemarks::as_shares,
           fmt::format("with numbers of 0 to 1, taken as they are; pictures for this model are 0 to 255 ({})",
                       scale_name(how.scale)));
  return notes;
}

std::string InputTally::done_to_pictures() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::pair<std::int64_t, std::string>> texts;
  for (const auto& [text, count] : done_) texts.emplace_back(-count, text);
  std::ranges::sort(texts);
  if (texts.empty() || (texts.size() == 1 && texts[0].second == "unit")) return "";
  if (texts.size() == 1) return texts[0].second;
  constexpr std::size_t most = 3;
  std::string all;
  std::int64_t rest = 0;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    if (i < most)
      all += fmt::format("{}{} ({})", i > 0 ? "; " : "", texts[i].second, -texts[i].first);
    else
      rest -= texts[i].first;
  }
  return rest > 0 ? fmt::format("{}; otherwise ({})", all, rest) : all;
}

bool InputTally::any_picture() const {
  const std::lock_guard lock(mutex_);
  return !done_.empty();
}

}  // namespace nv
