#include "nv/core/half.h"

#include <bit>

namespace nv {

namespace {
constexpr std::uint32_t sign_bit = 0x80000000U;
constexpr std::uint32_t infinite = 0x7F800000U;
}  // namespace

std::uint16_t to_half(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  const auto sign = static_cast<std::uint16_t>((bits & sign_bit) >> 16U);
  const std::uint32_t magnitude = bits & ~sign_bit;
  if (magnitude > infinite) return static_cast<std::uint16_t>(sign | 0x7E00U);  // NaN
  if (magnitude >= 0x477FF000U) return static_cast<std::uint16_t>(sign | 0x7C00U);
  std::uint32_t rounded = 0;
  if (magnitude < 0x38800000U) {
    // Subnormal: adding 0.5 leaves the wanted bits, rounded by the addition, at the end of the sum.
    const float sum = std::bit_cast<float>(magnitude) + 0.5F;
    rounded = std::bit_cast<std::uint32_t>(sum) - std::bit_cast<std::uint32_t>(0.5F);
  } else {
    const std::uint32_t odd = magnitude >> 13U & 1U;
    rounded = (magnitude - 0x38000000U + 0xFFFU + odd) >> 13U;
  }
  return static_cast<std::uint16_t>(sign | rounded);
}

float from_half(std::uint16_t half) {
  const std::uint32_t sign = (half & 0x8000U) << 16U, magnitude = half & 0x7FFFU;
  if (magnitude >= 0x7C00U) return std::bit_cast<float>(sign | infinite | (magnitude & 0x3FFU) << 13U);
  // The exponent is that of a float minus 112, also of subnormal halves.
  const float scaled = std::bit_cast<float>(magnitude << 13U) * 0x1p112F;
  return std::bit_cast<float>(sign | std::bit_cast<std::uint32_t>(scaled));
}

}  // namespace nv
