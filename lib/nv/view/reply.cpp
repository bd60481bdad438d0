#include "nv/view/reply.h"

#include <cmath>
#include <utility>

namespace nv::view {

Json Reply::add(Array array) {
  arrays.push_back(std::move(array));
  return {{"$array", arrays.size() - 1}};
}

Json Reply::array(const Tensor& values) {
  return add({Type::float32, std::make_shared<Tensor>(values), std::as_bytes(values.values())});
}

Json Reply::array(std::span<const float> values) {
  return array(Tensor(Shape{static_cast<std::int64_t>(values.size())}, values));
}

Json Reply::array(std::vector<std::uint8_t> values) {
  const auto owner = std::make_shared<std::vector<std::uint8_t>>(std::move(values));
  return add({Type::bytes, owner, std::as_bytes(std::span(*owner))});
}

Json Reply::array(std::shared_ptr<const Bytes> values) {
  const std::span<const std::byte> bytes(*values);
  return add({Type::bytes, std::move(values), bytes});
}

Json number(double value) {
  if (std::isfinite(value)) return value;
  return {{"$number", std::isnan(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity"}};
}

}  // namespace nv::view
