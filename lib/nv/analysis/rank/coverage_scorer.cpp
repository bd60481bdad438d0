#include "nv/analysis/rank/coverage_scorer.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "nv/analysis/rank/cover.h"
#include "nv/analysis/rank/order.h"
#include "nv/core/error.h"
#include "nv/core/memory.h"
#include "nv/core/text.h"

namespace nv::rank {

namespace {

/// Counts marked bytes, and adds them to `all`.
std::int64_t count_marks(std::span<const std::uint8_t> marks, std::uint8_t* all) {
  std::int64_t sum = 0;
  constexpr std::size_t block = 128;  // 8-bit sums cannot overflow
  for (std::size_t at = 0; at < marks.size(); at += block) {
    const std::size_t count = std::min(block, marks.size() - at);
    std::uint8_t part = 0;
    for (std::size_t i = at; i < at + count; ++i) {
      part = static_cast<std::uint8_t>(part + marks[i]);
      all[i] = static_cast<std::uint8_t>(all[i] | marks[i]);
    }
    sum += part;
  }
  return sum;
}

/// Units that the chosen layers' outputs have, and what inputs cover of them.
class CoverageScorer final : public Scorer {
 public:
  CoverageScorer(const Setup& setup, bool additional,
                 std::unique_ptr<Criterion> (*make)(const Setup&, const Units&))
      : additional_(additional),
        file_(setup.engine.model().file),
        units_(units_of(setup.engine, setup.layers)),
        criterion_(make(setup, units_)),
        sections_(units_.count * criterion_->sections()) {
    check_memory(static_cast<std::uint64_t>(sections_) / (criterion_->one_of() ? 4 : 1) + 1,
                 fmt::format("{}: coverage of {} sections", file_, sections_));
  }

  void keep(std::vector<bool>& nodes) const override {
    for (const UnitLayer& layer : units_.layers) nodes[layer.node] = true;
  }

  void score(const Pass& pass, std::span<double> scores) override {
    const auto pieces = static_cast<std::size_t>(std::max(1, pass.pool.threads()));
    if (pieces_.size() < pieces) pieces_.resize(pieces);
    const std::size_t before = inputs_;
    if (additional_) make_room(static_cast<std::size_t>(pass.inputs));
    // Each piece has a set of its own; their union does not depend on which inputs a piece gets.
    pass.pool.for_each(static_cast<std::int64_t>(pieces), [&](std::int64_t p) {
      Piece& piece = pieces_[static_cast<std::size_t>(p)];
      for (std::int64_t i = p; i < pass.inputs; i += static_cast<std::int64_t>(pieces))
        scores[static_cast<std::size_t>(i)] = static_cast<double>(
            criterion_->one_of() ? add_sections(pass.trace, i, piece, before + static_cast<std::size_t>(i))
                                 : add_marks(pass.trace, i, piece, before + static_cast<std::size_t>(i)));
    });
    inputs_ += static_cast<std::size_t>(pass.inputs);
  }

  std::vector<std::size_t> finish(std::span<double> scores) override {
    if (!additional_) return {};
    const std::vector<ChosenInput> taken =
        criterion_->one_of() ? take_sections(scores.size()) : take_marks(scores.size());
    std::vector<std::size_t> order;
    std::vector<bool> done(scores.size(), false);
    for (const ChosenInput& t : taken) {
      order.push_back(t.input);
      done[t.input] = true;
    }
    for (const std::size_t i : priority_order(scores, false))
      if (!done[i]) order.push_back(i);
    std::ranges::fill(scores, 0);
    for (const ChosenInput& t : taken) scores[t.input] = static_cast<double>(t.gain);
    return order;
  }

  std::optional<double> coverage() const override {
    std::int64_t covered = 0;
    if (criterion_->one_of()) {
      BitSet all(sections_);
      for (const Piece& piece : pieces_)
        if (!piece.sections.empty()) all.join(piece.covered_sections);
      covered = all.count();
    } else {
      std::vector<std::uint8_t> all(static_cast<std::size_t>(sections_), 0);
      for (const Piece& piece : pieces_)
        for (std::size_t s = 0; s < piece.covered_marks.size(); ++s)
          all[s] = static_cast<std::uint8_t>(all[s] | piece.covered_marks[s]);
      covered = std::ranges::count(all, std::uint8_t{1});
    }
    return static_cast<double>(covered) / static_cast<double>(sections_);
  }

 private:
  /// What one of the pieces of a batch needs and has covered.
  struct Piece {
    std::vector<std::uint8_t> marks, covered_marks;
    std::vector<std::uint16_t> sections;
    BitSet covered_sections;
  };

  static std::size_t at(std::int64_t i) { return static_cast<std::size_t>(i); }

  std::int64_t add_marks(const Trace& trace, std::int64_t item, Piece& piece, std::size_t input) {
    piece.marks.resize(at(sections_));
    piece.covered_marks.resize(at(sections_), 0);
    const std::int64_t per_unit = criterion_->sections();
    for (const UnitLayer& layer : units_.layers)
      criterion_->mark(
          layer, unit_values(trace, layer, item),
          std::span(piece.marks).subspan(at(layer.first * per_unit), at(layer.units * per_unit)));
    if (additional_)
      for (std::size_t s = 0; s < piece.marks.size(); ++s)
        kept_marks_[input * words_per_input() + s / 64] |= std::uint64_t{piece.marks[s]} << (s % 64);
    return count_marks(piece.marks, piece.covered_marks.data());
  }

  std::int64_t add_sections(const Trace& trace, std::int64_t item, Piece& piece, std::size_t input) {
    if (piece.sections.empty()) {
      piece.sections.resize(at(units_.count));
      piece.covered_sections = BitSet(sections_);
    }
    for (const UnitLayer& layer : units_.layers)
      criterion_->section(layer, unit_values(trace, layer, item),
                          std::span(piece.sections).subspan(at(layer.first), at(layer.units)));
    std::int64_t count = 0;
    for (std::size_t u = 0; u < piece.sections.size(); ++u) {
      if (piece.sections[u] == Criterion::none) continue;
      piece.covered_sections.set(static_cast<std::int64_t>(u) * criterion_->sections() + piece.sections[u]);
      ++count;
    }
    if (additional_)
      std::ranges::copy(piece.sections,
                        kept_sections_.begin() + static_cast<std::ptrdiff_t>(input * at(units_.count)));
    return count;
  }

  /// 64-bit words of the marks that are kept per input.
  std::size_t words_per_input() const { return (at(sections_) + 63) / 64; }

  /// Keeps what each input covers, which CAM needs.
  void make_room(std::size_t more) {
    const std::size_t inputs = inputs_ + more;
    const std::uint64_t bytes =
        criterion_->one_of() ? 6 * inputs * at(units_.count) : 8 * inputs * words_per_input();
    check_memory(bytes, fmt::format("{}: what each of {} inputs covers, for cam", file_, inputs));
    if (criterion_->one_of())
      kept_sections_.resize(inputs * at(units_.count));
    else
      kept_marks_.resize(inputs * words_per_input());
  }

  std::vector<ChosenInput> take_sections(std::size_t inputs) {
    SectionRings rings(kept_sections_, units_.count, criterion_->sections());
    return greedy_order(
        inputs, [&](std::size_t i) { return rings.gain(i); }, [&](std::size_t i) { rings.take(i); });
  }

  std::vector<ChosenInput> take_marks(std::size_t inputs) const {
    std::vector<std::uint64_t> covered(words_per_input(), 0);
    const auto own = [&](std::size_t input) {
      return std::span(kept_marks_).subspan(input * covered.size(), covered.size());
    };
    const auto gain = [&](std::size_t input) {
      std::int64_t sum = 0;
      for (std::size_t w = 0; w < covered.size(); ++w) sum += std::popcount(own(input)[w] & ~covered[w]);
      return sum;
    };
    return greedy_order(inputs, gain, [&](std::size_t input) {
      for (std::size_t w = 0; w < covered.size(); ++w) covered[w] |= own(input)[w];
    });
  }

  bool additional_;
  std::string file_;
  Units units_;
  std::unique_ptr<Criterion> criterion_;
  std::int64_t sections_;  ///< of all units
  std::size_t inputs_ = 0;
  std::vector<Piece> pieces_;
  std::vector<std::uint64_t> kept_marks_;     ///< per input, a bit per section
  std::vector<std::uint16_t> kept_sections_;  ///< per input, a section per unit
};

}  // namespace

Metric coverage_metric(std::string_view name, std::string_view summary, std::string_view reference,
                       Prioritisation prioritisation, ProfileParts needs,
                       std::unique_ptr<Criterion> (*make)(const Setup& setup, const Units& units)) {
  const bool additional = prioritisation == Prioritisation::additional;
  return {.name = name,
          .summary = summary,
          .reference = reference,
          .group = Group::coverage,
          .needs = needs,
          .at_end = additional,
          .make = [additional, make](const Setup& setup) {
            return std::make_unique<CoverageScorer>(setup, additional, make);
          }};
}

UnitRanges ranges_of(const Setup& setup, const Units& units) {
  UnitRanges all;
  for (const UnitLayer& layer : units.layers) {
    const auto found = std::ranges::find(setup.profile->ranges, layer.path, &UnitRanges::path);
    if (found == setup.profile->ranges.end())
      throw Error(ErrorKind::usage,
                  fmt::format("--layers: layer {} is not in the profile {}", one_line(layer.path),
                              setup.profile->file),
                  "make a profile with this layer");
    all.min.insert(all.min.end(), found->min.begin(), found->min.end());
    all.max.insert(all.max.end(), found->max.begin(), found->max.end());
    all.std.insert(all.std.end(), found->std.begin(), found->std.end());
  }
  return all;
}

}  // namespace nv::rank
