// An answer of the engine to the page: JSON, and arrays of numbers beside it.
#pragma once

#include <cstddef>
#include <memory>
#include <nlohmann/json.hpp>
#include <span>
#include <vector>

#include "nv/core/bytes.h"
#include "nv/core/tensor.h"

namespace nv::view {

using Json = nlohmann::ordered_json;

/// Arrays stand in the JSON as {"$array": k}; numbers that JSON does not have as {"$number": "NaN"}.
class Reply {
 public:
  enum class Type { float32, bytes };
  struct Array {
    Type type = Type::float32;
    std::shared_ptr<const void> owner;
    std::span<const std::byte> bytes;
  };

  Json json;
  std::vector<Array> arrays;

  /// Adds an array; what stands for it in the JSON. A tensor shares its numbers, others are copied.
  Json array(const Tensor& values);
  Json array(std::span<const float> values);
  Json array(std::vector<std::uint8_t> values);
  /// Bytes that are shared.
  Json array(std::shared_ptr<const Bytes> values);

 private:
  Json add(Array array);
};

/// A number as JSON.
Json number(double value);

}  // namespace nv::view
