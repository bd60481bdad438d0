// From numbers to colours and axes: ranges, ticks, labels.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "nv/render/scene/colormap.h"

namespace nv::render {

/// Smallest and largest finite number of some data, and the counts of finite and other numbers. lo = hi = 0
/// if none is finite.
struct Range {
  double lo = 0, hi = 0;
  std::int64_t finite = 0, not_finite = 0;

  bool constant() const { return lo == hi; }
};

/// The range of the values.
Range range_of(std::span<const float> values);
/// The range of the data of both.
Range joined(const Range& a, const Range& b);

/// Which maps of a figure have one scale.
enum class ScaleMode {
  shared,     ///< all, from the smallest to the largest value: maps can be compared
  separate,   ///< each its own: weak maps become visible, maps cannot be compared
  symmetric,  ///< all, from -m to m: signed data, the background's colour at 0
};

/// Colours for numbers from lo to hi. Constant data takes the lowest colour, or the middle one of a signed
/// scale.
struct ValueScale {
  double lo = 0, hi = 1;
  Colormap map = Colormap::viridis;
  bool signed_ = false;  ///< lo = -hi, the middle of `map` at 0

  Rgb colour(double value) const;
};

/// From range.lo to range.hi.
ValueScale sequential_scale(const Range& range, Colormap map);
/// From -m to m where m is the largest magnitude. `map`: Theme::diverging.
ValueScale symmetric_scale(const Range& range, Colormap map);

/// The colours that `paint` uses of a map, lowest first: 201 of its 256, so that a figure with its text has
/// fewer than 256 colours and its PNG file a palette. Half a step is 0.25 % of the scale.
constexpr int colour_levels = 201;
std::vector<Rgb> level_colours(Colormap map);

/// The colour of each value into `out` (as many); those not finite become `bad`.
void paint(std::span<const float> values, const ValueScale& scale, Rgb bad, std::span<Rgb> out);

/// About `n` round numbers (1, 2, 2.5 or 5 times a power of ten apart) within [lo, hi]. One if lo = hi, none
/// if a bound is not finite or hi < lo.
std::vector<double> nice_ticks(double lo, double hi, int n);

/// Labels for ticks, all with as many decimals as the finest needs: "0", "0.25", "12k", "1.2e−4".
std::vector<std::string> tick_labels(std::span<const double> ticks);

/// `text` with each hyphen replaced by the minus sign (U+2212), as numbers in pictures are set.
std::string with_minus(std::string_view text);

/// A single number in at most about six characters: "0.25", "−3.14", "1.2e−4", "12.3k", "NaN".
std::string compact_number(double value);

}  // namespace nv::render
