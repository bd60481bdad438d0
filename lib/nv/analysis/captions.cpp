#include "nv/analysis/captions.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "nv/core/text.h"

namespace nv {

namespace {

/// Mutations of one layer by one operator.
struct MutatedLayer {
  std::string what;  ///< "conv1", "gaussian-fuzz conv1"
  std::vector<std::int64_t> filters;
};

/// Ascending numbers as ranges: "0-3, 8".
std::string ranges_text(std::vector<std::int64_t> numbers) {
  constexpr std::size_t most = 8;
  std::ranges::sort(numbers);
  numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
  std::vector<std::string> ranges;
  std::size_t i = 0;
  for (; i < numbers.size() && ranges.size() < most; ++i) {
    const std::int64_t first = numbers[i];
    while (i + 1 < numbers.size() && numbers[i + 1] == numbers[i] + 1) ++i;
    ranges.push_back(first == numbers[i] ? fmt::format("{}", first)
                                         : fmt::format("{}-{}", first, numbers[i]));
  }
  if (i < numbers.size()) ranges.push_back(fmt::format("{} more", numbers.size() - i));
  return fmt::format("{}", fmt::join(ranges, ", "));
}

}  // namespace

std::string model_title(const Model& model) {
  return std::filesystem::path(model.file).filename().string();
}

std::string prediction_text(const std::optional<Prediction>& p, bool classifies) {
  if (!p) return classifies ? "NaN" : "-";
  return fmt::format("{} ({})", p->label,
                     p->probability ? probability_text(static_cast<double>(*p->probability))
                                    : fmt::format("{:.4g}", p->score));
}

std::string probability_text(double p) {
  if (p == 0 || p == 1) return p == 0 ? "0" : "1";
  if (p < 5e-5) return "< 0.0001";
  if (p >= 0.99995) return "> 0.9999";
  return fmt::format("{:.4f}", p);
}

std::string score_text(double score) {
  if (std::isnan(score)) return "NaN";
  const bool rounds_to_end = (score > 0 && score < 5e-5) || (score < 1 && score >= 0.99995);
  return rounds_to_end ? probability_text(score) : fmt::format("{:.4f}", score);
}

bool only_frozen(std::span<const Mutation> mutations) {
  return std::ranges::all_of(mutations, [](const Mutation& m) { return m.op == "freeze"; });
}

std::string mutations_text(std::span<const Mutation> mutations) {
  constexpr std::size_t most = 4;
  std::vector<MutatedLayer> changes;
  for (const Mutation& m : mutations) {
    std::string what = shortened_middle(one_line(m.layer), 40);
    if (!only_frozen(mutations)) what = fmt::format("{} {}", m.op, what);
    auto at = std::ranges::find(changes, what, &MutatedLayer::what);
    if (at == changes.end()) at = changes.insert(at, {what, {}});
    at->filters.insert(at->filters.end(), m.filters.begin(), m.filters.end());
  }
  std::vector<std::string> parts;
  for (const MutatedLayer& c : changes)
    if (parts.size() < most)
      parts.push_back(c.what + (c.filters.empty() ? "" : " " + ranges_text(c.filters)));
  if (changes.size() > most) parts.push_back(fmt::format("{} more layers", changes.size() - most));
  return fmt::format("{}", fmt::join(parts, "; "));
}

}  // namespace nv
