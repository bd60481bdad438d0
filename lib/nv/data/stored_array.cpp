#include "nv/data/stored_array.h"

#include <algorithm>
#include <cstring>

#include "nv/core/error.h"
#include "nv/core/memory.h"

namespace nv {

StoredArray::StoredArray(std::shared_ptr<const FileReader> file, const Shape& shape, ScalarType type,
                         bool big_endian, std::uint64_t offset)
    : where_(InFile{std::move(file), shape, type, big_endian, offset}) {
  const InFile& f = std::get<InFile>(where_);
  const auto wanted = static_cast<std::uint64_t>(shape.elements() * scalar_bytes(type));
  const std::uint64_t there = f.file->size() - std::min(offset, f.file->size());
  if (there < wanted)
    throw_input("{}: cut short: {} of the {} bytes that {} {} need", f.file->path(), there, wanted,
                shape.str(), scalar_name(type));
}

const Shape& StoredArray::shape() const {
  const auto* array = std::get_if<NpyArray>(&where_);
  return array != nullptr ? array->shape : std::get<InFile>(where_).shape;
}

ScalarType StoredArray::type() const {
  const auto* array = std::get_if<NpyArray>(&where_);
  return array != nullptr ? array->type : std::get<InFile>(where_).type;
}

Tensor StoredArray::as_float(std::int64_t first, const Shape& part) const {
  if (const auto* array = std::get_if<NpyArray>(&where_)) return array->as_float(first, part);
  const InFile& f = std::get<InFile>(where_);
  check_memory(static_cast<std::uint64_t>(part.elements()) * sizeof(float), f.file->path());
  Tensor result(part);
  const std::span<float> out = result.values();
  const auto width = static_cast<std::size_t>(scalar_bytes(f.type));
  const std::uint64_t begin = f.offset + static_cast<std::uint64_t>(first) * width;
  if (f.type == ScalarType::float32) {
    f.file->read(begin, std::as_writable_bytes(out));
    if (f.big_endian) swap_bytes(std::as_writable_bytes(out), width);
    return result;
  }
  constexpr std::size_t most = std::size_t{1} << 16;
  Bytes block(std::min(most, out.size()) * width);
  for (std::size_t at = 0; at < out.size(); at += most) {
    const std::size_t n = std::min(most, out.size() - at);
    const std::span<std::byte> raw = std::span(block).first(n * width);
    f.file->read(begin + at * width, raw);
    if (f.big_endian) swap_bytes(raw, width);
    to_float(f.type, raw.data(), out.subspan(at, n));
  }
  return result;
}

void StoredArray::read_bytes(std::int64_t first, std::span<std::byte> into) const {
  if (const auto* array = std::get_if<NpyArray>(&where_))
    std::memcpy(into.data(), array->raw.data() + first, into.size());
  else
    std::get<InFile>(where_).file->read(std::get<InFile>(where_).offset + static_cast<std::uint64_t>(first),
                                        into);
}

}  // namespace nv
