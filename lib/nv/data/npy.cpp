#include "nv/data/npy.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>

#include "nv/core/error.h"
#include "nv/core/interrupt.h"
#include "nv/core/memory.h"

namespace nv {

static_assert(std::endian::native == std::endian::little, "files and memory have the same byte order");

namespace {

float half_to_float(std::uint16_t half) {
  const int exponent = half >> 10 & 31;
  const auto mantissa = static_cast<float>(half & 1023);
  float value = 0.0F;
  if (exponent == 31) {
    value = mantissa == 0.0F ? INFINITY : NAN;
  } else {
    value = exponent == 0 ? std::ldexp(mantissa, -24) : std::ldexp(mantissa + 1024.0F, exponent - 25);
  }
  return (half & 0x8000) != 0 ? -value : value;
}

template <typename T>
T element(const std::byte* raw, std::int64_t i) {
  T value;
  std::memcpy(&value, raw + static_cast<std::size_t>(i) * sizeof(T), sizeof(T));
  return value;
}

/// Calls `body(read)`, where `read(i)` returns element i as the closest C++ type.
template <typename Body>
void with_elements(ScalarType type, const std::byte* raw, const Body& body) {
  const auto as = [&]<typename T>(T) { body([raw](std::int64_t i) { return element<T>(raw, i); }); };
  switch (type) {
    case ScalarType::boolean:
      body([raw](std::int64_t i) { return raw[i] != std::byte{0} ? 1 : 0; });
      break;
    case ScalarType::int8:
      body([raw](std::int64_t i) { return static_cast<int>(element<std::int8_t>(raw, i)); });
      break;
    case ScalarType::int16:
      as(std::int16_t{});
      break;
    case ScalarType::int32:
      as(std::int32_t{});
      break;
    case ScalarType::int64:
      as(std::int64_t{});
      break;
    case ScalarType::uint8:
      as(std::uint8_t{});
      break;
    case ScalarType::uint16:
      as(std::uint16_t{});
      break;
    case ScalarType::uint32:
      as(std::uint32_t{});
      break;
    case ScalarType::uint64:
      as(std::uint64_t{});
      break;
    case ScalarType::float16:
      body([raw](std::int64_t i) { return half_to_float(element<std::uint16_t>(raw, i)); });
      break;
    case ScalarType::float32:
      as(float{});
      break;
    case ScalarType::float64:
      as(double{});
      break;
  }
}

/// Indices in C order of elements that come in Fortran order.
class FortranOrder {
 public:
  explicit FortranOrder(const Shape& shape) : shape_(shape) {
    std::int64_t step = 1;
    for (int axis = shape.rank() - 1; axis >= 0; --axis) {
      stride_[static_cast<std::size_t>(axis)] = step;
      step *= shape[axis];
    }
  }

  /// Index of the next element.
  std::int64_t next() {
    const std::int64_t here = index_in_c_;
    for (int axis = 0; axis < shape_.rank(); ++axis) {
      const auto a = static_cast<std::size_t>(axis);
      index_in_c_ += stride_[a];
      if (++index_[a] < shape_[axis]) break;
      index_in_c_ -= stride_[a] * index_[a];
      index_[a] = 0;
    }
    return here;
  }

 private:
  const Shape& shape_;
  std::array<std::int64_t, Shape::max_rank> index_{}, stride_{};
  std::int64_t index_in_c_ = 0;
};

/// Reads elements in Fortran order into `raw` in C order. Returns the number of bytes read.
std::size_t read_fortran(ByteStream& stream, Bytes& raw, std::size_t wanted, const Shape& shape,
                         std::size_t width) {
  constexpr std::size_t touched = std::size_t{1} << 26;
  while (raw.size() < wanted) {
    check_interrupt();
    raw.resize(std::min(wanted, raw.size() + touched));
  }
  FortranOrder order(shape);
  Bytes part(std::min(wanted, (std::size_t{1} << 16) * width));
  std::size_t filled = 0;
  while (filled < wanted) {
    check_interrupt();
    const std::size_t n = stream.read(std::span(part).first(std::min(part.size(), wanted - filled)));
    for (std::size_t at = 0; at + width <= n; at += width)
      std::memcpy(raw.data() + static_cast<std::size_t>(order.next()) * width, part.data() + at, width);
    filled += n;
    if (n < part.size()) break;
  }
  return filled;
}

[[noreturn]] void throw_cut_short(const Shape& shape, ScalarType type, std::uint64_t there,
                                  const std::string& file) {
  throw_input("{}: cut short: {} of the {} bytes that {} {} need", file, there,
              shape.elements() * scalar_bytes(type), shape.str(), scalar_name(type));
}

}  // namespace

Tensor NpyArray::as_float() const {
  return as_float(0, shape);
}

Tensor NpyArray::as_float(std::int64_t first, const Shape& part) const {
  Tensor result(part);
  to_float(type, raw.data() + first * scalar_bytes(type), result.values());
  return result;
}

void to_float(ScalarType type, const std::byte* raw, std::span<float> out) {
  with_elements(type, raw, [&](const auto& read) {
    for (std::size_t i = 0; i < out.size(); ++i)
      out[i] = static_cast<float>(read(static_cast<std::int64_t>(i)));
  });
}

void swap_bytes(std::span<std::byte> raw, std::size_t width) {
  for (std::size_t i = 0; i + width <= raw.size(); i += width) std::ranges::reverse(raw.subspan(i, width));
}

Bytes room_for(const Shape& shape, ScalarType type, std::uint64_t available, const std::string& file) {
  const auto wanted =
      static_cast<std::uint64_t>(shape.elements()) * static_cast<std::uint64_t>(scalar_bytes(type));
  if (available < wanted) throw_cut_short(shape, type, available, file);
  check_memory(wanted, fmt::format("{}: {} {}", file, shape.str(), scalar_name(type)));
  Bytes room;
  room.reserve(static_cast<std::size_t>(wanted));
  return room;
}

std::vector<std::int64_t> NpyArray::as_integers(const std::string& file) const {
  std::vector<std::int64_t> result(static_cast<std::size_t>(shape.elements()));
  with_elements(type, raw.data(), [&](const auto& read) {
    for (std::size_t i = 0; i < result.size(); ++i) {
      const auto value = read(static_cast<std::int64_t>(i));
      if (!(static_cast<double>(value) >= -0x1p62 && static_cast<double>(value) <= 0x1p62) ||
          static_cast<double>(value) != std::floor(static_cast<double>(value)))
        throw_input("{}: element {} is {}, not a whole number", file, i, value);
      result[i] = static_cast<std::int64_t>(value);
    }
  });
  return result;
}

NpyArray read_npy(HeadStream& stream, const std::string& file) {
  const NpyHeader header = npy_header(stream, file);
  Bytes skipped(header.data_offset);
  stream.read(skipped);
  const auto width = static_cast<std::size_t>(scalar_bytes(header.type));
  NpyArray array{header.shape, header.type, room_for(header.shape, header.type, stream.most(), file)};
  const bool fortran = header.fortran_order && header.shape.rank() > 1;
  const auto wanted = static_cast<std::size_t>(header.data_bytes());
  const std::size_t there = fortran ? read_fortran(stream, array.raw, wanted, header.shape, width)
                                    : append(stream, array.raw, wanted);
  if (there < wanted) throw_cut_short(header.shape, header.type, there, file);
  if (header.big_endian) swap_bytes(array.raw, width);
  return array;
}

NpyArray parse_npy(std::span<const std::byte> bytes, const std::string& file) {
  MemoryStream memory(bytes);
  HeadStream stream(memory);
  return read_npy(stream, file);
}

}  // namespace nv
