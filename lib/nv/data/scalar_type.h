// The types of elements of arrays.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace nv {

/// In this machine's byte order.
enum class ScalarType {
  boolean,
  int8,
  int16,
  int32,
  int64,
  uint8,
  uint16,
  uint32,
  uint64,
  float16,
  float32,
  float64
};

/// Bytes of one element.
std::int64_t scalar_bytes(ScalarType type);
/// NumPy's name: "float32".
const char* scalar_name(ScalarType type);
/// The type of NumPy's code without byte order: "f4"; nullopt for other codes.
std::optional<ScalarType> scalar_of_code(std::string_view code);

}  // namespace nv
