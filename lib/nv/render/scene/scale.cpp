#include "nv/render/scene/scale.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

namespace nv::render {

namespace {

constexpr std::uint32_t exponent_bits = 0x7f800000U;

bool finite(float value) {
  return (std::bit_cast<std::uint32_t>(value) & exponent_bits) != exponent_bits;
}

/// "1.50" -> "1.5", "2.00" -> "2"; "-0" -> "0".
std::string without_zeros(std::string text) {
  if (text.find('.') != std::string::npos) {
    text.erase(text.find_last_not_of('0') + 1);
    if (text.back() == '.') text.pop_back();
  }
  return text == "-0" ? "0" : text;
}

/// Mantissa with `decimals` and a short exponent: "1.2e-4".
std::string scientific(double value, int decimals) {
  const std::string text = fmt::format("{:.{}e}", value, decimals);
  const std::size_t e = text.find('e');
  return fmt::format("{}e{}", without_zeros(text.substr(0, e)), std::stoi(text.substr(e + 1)));
}

/// Fewest decimals (at most 9) that write all `values` / `unit` exactly.
int decimals_for(std::span<const double> values, double unit) {
  for (int d = 0; d < 9; ++d) {
    const double ten = std::pow(10.0, d) / unit;
    const bool exact = std::all_of(values.begin(), values.end(), [ten](double v) {
      return std::abs(v * ten - std::round(v * ten)) < 1e-6 * std::max(1.0, std::abs(v * ten) * 1e-3);
    });
    if (exact) return d;
  }
  return 9;
}

/// Three digits, as ASCII.
std::string compact(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "∞" : "-∞";
  const double size = std::abs(value);
  if (size == 0) return "0";
  if (size >= 1e6 || size < 1e-3) return scientific(value, 1);
  if (size >= 99950) return fmt::format("{:.0f}k", value / 1000);
  if (size >= 1e4) return without_zeros(fmt::format("{:.1f}", value / 1000)) + "k";
  if (size >= 100) return without_zeros(fmt::format("{:.{}f}", value, size >= 1000 ? 0 : 1));
  if (size >= 10) return without_zeros(fmt::format("{:.1f}", value));
  return without_zeros(fmt::format("{:.{}f}", value, size >= 1 ? 2 : size >= 0.1 ? 3 : 4));
}

}  // namespace

Range range_of(std::span<const float> values) {
  float lo = std::numeric_limits<float>::infinity(), hi = -lo;
  std::int64_t count = 0;
  // Selections instead of branches, so that the compiler vectorises the loop.
  for (const float v : values) {
    const bool ok = finite(v);
    const float low = ok ? v : lo, high = ok ? v : hi;
    lo = low < lo ? low : lo;
    hi = high > hi ? high : hi;
    count += ok ? 1 : 0;
  }
  Range range;
  range.finite = count;
  range.not_finite = static_cast<std::int64_t>(values.size()) - count;
  if (count > 0) {
    range.lo = lo;
    range.hi = hi;
  }
  return range;
}

Range joined(const Range& a, const Range& b) {
  Range range;
  range.finite = a.finite + b.finite;
  range.not_finite = a.not_finite + b.not_finite;
  range.lo = a.finite == 0 ? b.lo : b.finite == 0 ? a.lo : std::min(a.lo, b.lo);
  range.hi = a.finite == 0 ? b.hi : b.finite == 0 ? a.hi : std::max(a.hi, b.hi);
  return range;
}

std::vector<Rgb> level_colours(Colormap map) {
  std::vector<Rgb> levels(colour_levels);
  for (std::size_t i = 0; i < levels.size(); ++i)
    levels[i] = render::map(map, static_cast<double>(i) / (colour_levels - 1));
  return levels;
}

Rgb ValueScale::colour(double value) const {
  Rgb colour;
  const auto one = static_cast<float>(value);
  paint(std::span(&one, 1), *this, colour, std::span(&colour, 1));
  return colour;
}

ValueScale sequential_scale(const Range& range, Colormap map) {
  return {range.lo, range.hi, map, false};
}

ValueScale symmetric_scale(const Range& range, Colormap map) {
  const double m = std::max(std::abs(range.lo), std::abs(range.hi));
  return {-m, m, map, true};
}

void paint(std::span<const float> values, const ValueScale& scale, Rgb bad, std::span<Rgb> out) {
  constexpr int last = colour_levels - 1;
  const std::vector<Rgb> table = level_colours(scale.map);
  const bool flat = !(scale.hi > scale.lo);
  const double factor = flat ? 0 : last / (scale.hi - scale.lo);
  const double offset = flat ? (scale.signed_ ? last / 2 : 0) : 0.5 - scale.lo * factor;
  const std::size_t n = std::min(values.size(), out.size());
  for (std::size_t i = 0; i < n; ++i) {
    const float v = values[i];
    const double at = std::clamp(static_cast<double>(finite(v) ? v : 0.0F) * factor + offset, 0.0,
                                 static_cast<double>(last));
    out[i] = finite(v) ? table[static_cast<std::size_t>(static_cast<int>(at))] : bad;
  }
}

std::vector<double> nice_ticks(double lo, double hi, int n) {
  if (!std::isfinite(lo) || !std::isfinite(hi) || hi < lo) return {};
  if (lo == hi || n < 1) return {lo};
  const double raw = (hi / 2 - lo / 2) / n * 2;
  const int decade = static_cast<int>(std::floor(std::log10(raw)));
  if (decade < -300) return {lo};
  const double power = std::pow(10.0, std::abs(decade));
  const auto tick = [decade, power](double multiple) {
    return decade < 0 ? multiple / power : multiple * power;
  };
  double mantissa = 10;
  for (const double m : {5.0, 2.5, 2.0, 1.0})
    if (tick(m) >= raw * (1 - 1e-9)) mantissa = m;
  const double step = tick(mantissa);
  const double first = std::ceil(lo / step - 1e-6), last = std::floor(hi / step + 1e-6);
  if (!(last - first < 1000)) return {lo};  // the step is below the rounding of the bounds
  std::vector<double> ticks;
  const int count = static_cast<int>(last - first) + 1;
  for (int i = 0; i < count; ++i) {
    const double multiple = first + i;
    ticks.push_back(multiple == 0 ? 0.0 : tick(multiple * mantissa));
  }
  return ticks;
}

std::vector<std::string> tick_labels(std::span<const double> ticks) {
  double largest = 0;
  for (const double t : ticks) largest = std::max(largest, std::abs(t));
  std::vector<std::string> labels;
  const bool powers = largest >= 1e6 || (largest > 0 && largest < 1e-3);
  const double unit = powers ? std::pow(10.0, std::floor(std::log10(largest))) : largest >= 1e4 ? 1e3 : 1;
  const int decimals = decimals_for(ticks, unit);
  for (const double t : ticks) {
    if (t == 0)
      labels.emplace_back("0");
    else if (powers)
      labels.push_back(with_minus(scientific(t, std::min(decimals, 3))));
    else
      labels.push_back(with_minus(fmt::format("{:.{}f}{}", t / unit, decimals, unit == 1e3 ? "k" : "")));
  }
  return labels;
}

std::string with_minus(std::string_view text) {
  std::string out;
  for (const char c : text) out += c == '-' ? std::string_view("−") : std::string_view(&c, 1);
  return out;
}

std::string compact_number(double value) {
  return with_minus(compact(value));
}

}  // namespace nv::render
