#include "nv/data/scalar_type.h"

#include <algorithm>
#include <array>

namespace nv {

namespace {

struct TypeInfo {
  ScalarType type;
  std::string_view code;
  const char* name;
  std::int64_t bytes;
};
constexpr std::array<TypeInfo, 12> types{{{ScalarType::boolean, "b1", "bool", 1},
                                          {ScalarType::int8, "i1", "int8", 1},
                                          {ScalarType::int16, "i2", "int16", 2},
                                          {ScalarType::int32, "i4", "int32", 4},
                                          {ScalarType::int64, "i8", "int64", 8},
                                          {ScalarType::uint8, "u1", "uint8", 1},
                                          {ScalarType::uint16, "u2", "uint16", 2},
                                          {ScalarType::uint32, "u4", "uint32", 4},
                                          {ScalarType::uint64, "u8", "uint64", 8},
                                          {ScalarType::float16, "f2", "float16", 2},
                                          {ScalarType::float32, "f4", "float32", 4},
                                          {ScalarType::float64, "f8", "float64", 8}}};

const TypeInfo& info(ScalarType type) {
  return *std::ranges::find_if(types, [&](const TypeInfo& t) { return t.type == type; });
}

}  // namespace

std::int64_t scalar_bytes(ScalarType type) {
  return info(type).bytes;
}

const char* scalar_name(ScalarType type) {
  return info(type).name;
}

std::optional<ScalarType> scalar_of_code(std::string_view code) {
  const auto* const found = std::ranges::find(types, code, &TypeInfo::code);
  return found == types.end() ? std::nullopt : std::optional(found->type);
}

}  // namespace nv
