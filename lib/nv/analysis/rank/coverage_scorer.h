// Scorers of coverage: the number of sections that an input covers (coverage-total method, CTM), or the order
// in which inputs add most to what is covered (coverage-additional method, CAM).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "nv/analysis/rank/cover.h"
#include "nv/analysis/rank/metric.h"
#include "nv/analysis/rank/units.h"

namespace nv::rank {

/// Which sections an input covers. A unit has `sections()` of them; it covers any number of them (marks), or
/// at most one (one_of), if there are too many to mark each.
class Criterion {
 public:
  virtual ~Criterion() = default;
  /// Sections per unit.
  virtual std::int64_t sections() const = 0;
  /// Whether a unit covers at most one section: `section` is called then, else `mark`.
  virtual bool one_of() const { return false; }
  /// Sets marks[u * sections() + s] to 1 if the value of unit u of the layer covers section s, else to 0.
  virtual void mark(const UnitLayer& /*layer*/, std::span<const float> /*values*/,
                    std::span<std::uint8_t> /*marks*/) const {}
  /// Writes the section per unit, or `none`.
  static constexpr std::uint16_t none = SectionRings::none;
  virtual void section(const UnitLayer& /*layer*/, std::span<const float> /*values*/,
                       std::span<std::uint16_t> /*sections*/) const {}
};

/// Which order a scorer of coverage gives.
enum class Prioritisation { total, additional };

/// A metric of coverage. `make`: the criterion for these units.
Metric coverage_metric(std::string_view name, std::string_view summary, std::string_view reference,
                       Prioritisation prioritisation, ProfileParts needs,
                       std::unique_ptr<Criterion> (*make)(const Setup& setup, const Units& units));

/// The ranges of the profile, of all units one after the other. Throws Error(usage) for a layer that is not
/// in the profile.
UnitRanges ranges_of(const Setup& setup, const Units& units);

}  // namespace nv::rank
