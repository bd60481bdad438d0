#include "nv/analysis/attacks/levels.h"

#include <cmath>

namespace nv::attacks {

namespace {

constexpr int last = 255;

class Levels {
 public:
  explicit Levels(const Settings& s) : range_(s.levels), bounds_(s.bounds) {}

  float at(int k) const {
    return static_cast<float>(range_.low + k * static_cast<double>(range_.range()) / last);
  }
  int nearest(float x) const {
    const double k = (x - static_cast<double>(range_.low)) / static_cast<double>(range_.range()) * last;
    int level = std::isfinite(k) ? static_cast<int>(std::lround(std::clamp(k, 0.0, double{last}))) : 0;
    while (level < last && at(level) < bounds_.low) ++level;
    while (level > 0 && at(level) > bounds_.high) --level;
    return level;
  }
  /// The level next to `x` that is not farther from `original` than `x`, if there is one.
  float towards(float x, float original) const {
    int level = nearest(x);
    if (at(level) > x && x > original && level > 0) --level;
    if (at(level) < x && x < original && level < last) ++level;
    return at(level);
  }

 private:
  Bounds range_, bounds_;
};

}  // namespace

Point on_levels(Values x, Values original, const Settings& settings) {
  const Levels levels(settings);
  Point point(x.size());
  for (std::size_t i = 0; i < x.size(); ++i) point[i] = levels.at(levels.nearest(x[i]));
  if (!settings.eps || distance(point, original, settings.norm) <= *settings.eps * (1 + 1e-6)) return point;
  for (std::size_t i = 0; i < x.size(); ++i) point[i] = levels.towards(x[i], original[i]);
  return point;
}

}  // namespace nv::attacks
