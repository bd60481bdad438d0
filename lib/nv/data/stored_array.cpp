#include "nv/data/stored_array.h"

#include <algorithm>
#include <cstring>

#include "nv/core/error.h"
#include "nv/core/memory.h"

namespace nv {

StoredArray::StoredArray(NpyArray array)
    : shape_(array.shape), type_(array.type), memory_(std::make_shared<const NpyArray>(std::move(array))) {}

StoredArray::StoredArray(std::shared_ptr<const FileReader> file, const Shape& shape, ScalarType type,
                         bool big_endian, std::uint64_t offset)
    : shape_(shape), type_(type), file_(std::move(file)), big_endian_(big_endian), offset_(offset) {
  const auto wanted = static_cast<std::uint64_t>(shape.elements() * scalar_bytes(type));
  const std::uint64_t there = file_->size() - std::min(offset, file_->size());
  if (there < wanted)
    throw_input("{}: cut short: {} of the {} bytes that {} {} need", file_->path(), there, wanted,
                shape.str(), scalar_name(type));
}

Tensor StoredArray::as_float(std::int64_t first, const Shape& part) const {
  if (memory_ != nullptr) return memory_->as_float(first, part);
  check_memory(static_cast<std::uint64_t>(part.elements()) * sizeof(float), file_->path());
  Tensor result(part);
  const std::span<float> out = result.values();
  const auto width = static_cast<std::size_t>(scalar_bytes(type_));
  const std::uint64_t begin = offset_ + static_cast<std::uint64_t>(first) * width;
  if (type_ == ScalarType::float32) {
    file_->read(begin, std::as_writable_bytes(out));
    if (big_endian_) swap_bytes(std::as_writable_bytes(out), width);
    return result;
  }
  constexpr std::size_t most = std::size_t{1} << 16;
  Bytes block(std::min(most, out.size()) * width);
  for (std::size_t at = 0; at < out.size(); at += most) {
    const std::size_t n = std::min(most, out.size() - at);
    const std::span<std::byte> raw = std::span(block).first(n * width);
    file_->read(begin + at * width, raw);
    if (big_endian_) swap_bytes(raw, width);
    to_float(type_, raw.data(), out.subspan(at, n));
  }
  return result;
}

void StoredArray::read_bytes(std::int64_t first, std::span<std::byte> into) const {
  if (memory_ != nullptr)
    std::memcpy(into.data(), memory_->raw.data() + first, into.size());
  else
    file_->read(offset_ + static_cast<std::uint64_t>(first), into);
}

}  // namespace nv
