// Half-precision numbers (IEEE 754 binary16) as bits.
#pragma once

#include <cstdint>

namespace nv {

/// The nearest half; of two equally near the one with an even last bit. Infinite beyond 65,519.
std::uint16_t to_half(float value);
/// Exact.
float from_half(std::uint16_t half);

}  // namespace nv
