// Points of a model's input space: norms, distances and projections.
#pragma once

#include <algorithm>
#include <span>
#include <string_view>
#include <vector>

namespace nv::attacks {

/// An input without its shape, in C order.
using Point = std::vector<float>;
using Values = std::span<const float>;

enum class Norm { l0, l1, l2, linf };

/// "L2", "Linf".
std::string_view norm_name(Norm norm);
/// Upper or lower case. Throws Error(usage) with the names as the hint.
Norm parse_norm(std::string_view name);

/// The smallest and largest value that an input may hold.
struct Bounds {
  float low = 0, high = 1;

  float range() const { return high - low; }
  float clamp(float x) const { return std::clamp(x, low, high); }
};

/// The norm of a vector; L0 is the number of values that are not 0.
double length(Values v, Norm norm);
/// Norm of a - b, computed from float32 differences.
double distance(Values a, Values b, Norm norm);

/// The size of a change, in every norm.
struct Distances {
  double l0 = 0, l1 = 0, l2 = 0, linf = 0;

  double in(Norm norm) const;
};
/// Of a - b in every norm, as `distance`; a and b have equal size.
Distances distances(Values a, Values b);

/// Whether a and b, of equal size, are bitwise equal.
bool same_bits(Values a, Values b);

/// -1, 0 or 1; 0 for NaN.
inline float sign(float x) {
  return static_cast<float>((x > 0) - (x < 0));
}

double dot(Values a, Values b);

/// Number of values outside the bounds; NaN counts.
std::size_t outside(Values x, const Bounds& bounds);
/// Clamps each value to the bounds.
void clip(Point& x, const Bounds& bounds);
/// Projects `x` onto the ball of radius `eps` around `center`: clamped in Linf, scaled in L2, onto the
/// simplex in L1 (Duchi 2008), the floor(eps) largest changes kept in L0.
void project(Point& x, Values center, double eps, Norm norm);
/// v *= factor.
void scale(Point& v, double factor);
/// Scales `v` to length 1 in L1 or L2; a zero vector stays.
void normalize(Point& v, Norm norm);
/// a + (b - a) * t.
Point between(Values a, Values b, double t);
/// a + b * factor.
Point sum(Values a, Values b, double factor = 1);
Point difference(Values a, Values b);

}  // namespace nv::attacks
