// Rotations and translations: the smallest adversarial one of a grid.
#include <algorithm>
#include <cmath>
#include <numbers>

#include "nv/analysis/attacks/attempt.h"
#include "nv/analysis/attacks/list.h"
#include "nv/analysis/attacks/pixels.h"

namespace nv::attacks {

namespace {

struct Move {
  double degrees = 0, right = 0, down = 0;
  double size = 0;  ///< sum of the shares of the largest rotation and translations
};

/// `count` evenly spaced values from -most to most.
std::vector<double> grid(double most, std::int64_t count) {
  std::vector<double> values;
  for (std::int64_t i = 0; i < count; ++i)
    values.push_back(count == 1 ? 0
                                : -most + 2 * most * static_cast<double>(i) / static_cast<double>(count - 1));
  return values;
}

std::vector<Move> moves(const Attempt& a) {
  const double rotation = a.parameter("rotation"), translation = a.parameter("translation");
  const auto share = [](double part, double most) { return most > 0 ? std::abs(part) / most : 0; };
  std::vector<Move> list;
  for (const double degrees : grid(rotation, a.count("grid")))
    for (const double right : grid(translation, a.count("grid")))
      for (const double down : grid(translation, a.count("grid")))
        list.push_back({degrees, right, down,
                        share(degrees, rotation) + share(right, translation) + share(down, translation)});
  std::ranges::stable_sort(list, {}, &Move::size);
  return list;
}

/// Bilinear, with the lower bound outside. As in Foolbox: coordinates from -1 to 1 between the centres of the
/// outermost pixels.
Point moved(const Attempt& a, const Move& move) {
  const Pixels pixels(a.layout());
  const auto rows = static_cast<double>(pixels.rows()), columns = static_cast<double>(pixels.columns());
  const double angle = move.degrees * std::numbers::pi / 180, cosine = std::cos(angle),
               sine = std::sin(angle);
  const auto value = [&](std::int64_t row, std::int64_t column, std::int64_t c) {
    const bool inside = row >= 0 && row < pixels.rows() && column >= 0 && column < pixels.columns();
    return inside ? a.original()[pixels.at(row, column, c)] : a.bounds().low;
  };
  const auto centred = [](std::int64_t i, double count) {
    return count > 1 ? 2 * static_cast<double>(i) / (count - 1) - 1 : 0;
  };
  Point x(a.original().size());
  for (std::int64_t row = 0; row < pixels.rows(); ++row)
    for (std::int64_t column = 0; column < pixels.columns(); ++column) {
      const double u = centred(column, columns), v = centred(row, rows);
      const double from_column = (cosine * u - sine * v + 2 * move.right / columns + 1) / 2 * (columns - 1);
      const double from_row = (sine * u + cosine * v + 2 * move.down / rows + 1) / 2 * (rows - 1);
      const auto left = static_cast<std::int64_t>(std::floor(from_column));
      const auto top = static_cast<std::int64_t>(std::floor(from_row));
      const auto p = static_cast<float>(from_column - std::floor(from_column));
      const auto q = static_cast<float>(from_row - std::floor(from_row));
      for (std::int64_t c = 0; c < pixels.channels(); ++c) {
        const float upper = value(top, left, c) * (1 - p) + value(top, left + 1, c) * p;
        const float lower = value(top + 1, left, c) * (1 - p) + value(top + 1, left + 1, c) * p;
        x[pixels.at(row, column, c)] = a.bounds().clamp(upper * (1 - q) + lower * q);
      }
    }
  return x;
}

std::vector<Parameter> spatial_parameters(Norm) {
  return {real("rotation", 30, 0, 180, "largest, in degrees to either side"),
          real("translation", 3, 0, 1e6, "largest, in pixels to every side"),
          whole("grid", 5, 1, 1000, "values of each to try")};
}

Task<Point> run_spatial(Attempt& a) {
  Point x = a.original();
  for (const Move& move : moves(a)) {
    if (move.size == 0) continue;
    x = moved(a, move);
    const Answer answer = co_await a.query(x);
    if (answer.adversarial) break;
  }
  co_return x;
}

}  // namespace

Method spatial() {
  Method m;
  m.name = "spatial";
  m.summary = "rotates and shifts: the least that succeeds";
  m.reference = "Engstrom 2017, arXiv:1712.02779; Foolbox (which takes the first of its grid)";
  m.group = Group::corruption;
  m.scope = Scope::minimum_norm;
  m.norms = {Norm::l2};
  m.parameters = spatial_parameters;
  m.gradients = false;
  m.run = run_spatial;
  return m;
}

}  // namespace nv::attacks
