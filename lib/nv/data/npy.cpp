#include "nv/data/npy.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <optional>
#include <string_view>

#include "nv/core/error.h"
#include "nv/core/interrupt.h"
#include "nv/core/memory.h"
#include "nv/core/text.h"

namespace nv {

static_assert(std::endian::native == std::endian::little, "arrays are kept in the machine's byte order");

namespace {

constexpr std::string_view magic{"\x93NUMPY", 6};
constexpr std::size_t longest_header = std::size_t{1} << 20;

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

/// Reads the Python dictionary of an .npy header: text, True, False and tuples of whole numbers.
class HeaderParser {
 public:
  HeaderParser(std::string_view text, const std::string& file) : text_(text), file_(file) {}

  NpyHeader parse() {
    expect('{');
    while (!take('}')) {
      const std::string key = quoted();
      expect(':');
      if (key == "descr") {
        type();
      } else if (key == "fortran_order") {
        header_.fortran_order = boolean();
      } else if (key == "shape") {
        shape();
      } else {
        damaged();
      }
      ++keys_;
      if (!take(',') && peek() != '}') damaged();
    }
    if (keys_ != 3) damaged();
    return header_;
  }

 private:
  [[noreturn]] void damaged() const { throw_input("{}: damaged .npy header", file_); }

  char peek() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\t')) ++at_;
    return at_ < text_.size() ? text_[at_] : '\0';
  }
  bool take(char c) {
    if (peek() != c) return false;
    ++at_;
    return true;
  }
  void expect(char c) {
    if (!take(c)) damaged();
  }

  std::string quoted() {
    const char quote = peek();
    if (quote != '\'' && quote != '"') damaged();
    const std::size_t end = text_.find(quote, at_ + 1);
    if (end == std::string_view::npos) damaged();
    const std::string_view inside = text_.substr(at_ + 1, end - at_ - 1);
    at_ = end + 1;
    return std::string(inside);
  }

  bool boolean() {
    peek();
    for (const bool value : {true, false}) {
      const std::string_view word = value ? "True" : "False";
      if (text_.substr(at_).starts_with(word)) {
        at_ += word.size();
        return value;
      }
    }
    damaged();
  }

  std::int64_t number() {
    if (peek() < '0' || peek() > '9') damaged();
    std::int64_t value = 0;
    while (at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9') {
      value = value * 10 + (text_[at_++] - '0');
      if (value > (std::int64_t{1} << 40)) throw_input("{}: an axis of {} or more is too long", file_, value);
    }
    if (at_ < text_.size() && text_[at_] == 'L') ++at_;  // Python 2 wrote longs so
    return value;
  }

  void type() {
    if (peek() == '[') throw_input("{}: an array of records, not of numbers", file_);
    const std::string descr = quoted();
    if (descr.size() >= 2 && (descr[1] == 'O' || descr[1] == 'U' || descr[1] == 'S' || descr[1] == 'c'))
      throw_input("{}: an array of {}, not of real numbers", file_,
                  descr[1] == 'O'   ? "Python objects"
                  : descr[1] == 'c' ? "complex numbers"
                                    : "text");
    const bool order = !descr.empty() && std::string_view("<>|=").find(descr[0]) != std::string_view::npos;
    const std::string_view code = order ? std::string_view(descr).substr(1) : std::string_view(descr);
    const auto found = std::ranges::find_if(types, [&](const TypeInfo& t) { return t.code == code; });
    if (found == types.end()) throw_input("{}: elements of type '{}' cannot be read", file_, one_line(descr));
    header_.type = found->type;
    header_.big_endian = descr[0] == '>' && found->bytes > 1;
  }

  void shape() {
    std::vector<std::int64_t> axes;
    expect('(');
    while (!take(')')) {
      axes.push_back(number());
      if (axes.size() > Shape::max_rank)
        throw_input("{}: an array of more than {} axes", file_, Shape::max_rank);
      if (!take(',') && peek() != ')') damaged();
    }
    header_.shape = Shape(axes);
  }

  std::string_view text_;
  const std::string& file_;
  std::size_t at_ = 0;
  int keys_ = 0;
  NpyHeader header_;
};

std::uint64_t little_endian(std::span<const std::byte> bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = bytes.size(); i-- > 0;) value = value << 8 | std::to_integer<std::uint64_t>(bytes[i]);
  return value;
}

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

/// Calls `body(read)` where `read(i)` is element i as the closest C++ type.
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

/// Where elements that come in Fortran order belong in C order, one after the other.
class FortranOrder {
 public:
  explicit FortranOrder(const Shape& shape) : shape_(shape) {
    std::int64_t step = 1;
    for (int axis = shape.rank() - 1; axis >= 0; --axis) {
      stride_[static_cast<std::size_t>(axis)] = step;
      step *= shape[axis];
    }
  }

  /// The place of the next element.
  std::int64_t next() {
    const std::int64_t here = place_;
    for (int axis = 0; axis < shape_.rank(); ++axis) {
      const auto a = static_cast<std::size_t>(axis);
      place_ += stride_[a];
      if (++index_[a] < shape_[axis]) break;
      place_ -= stride_[a] * index_[a];
      index_[a] = 0;
    }
    return here;
  }

 private:
  const Shape& shape_;
  std::array<std::int64_t, Shape::max_rank> index_{}, stride_{};
  std::int64_t place_ = 0;
};

/// Fills `raw` with elements that come in Fortran order, each at its place in C order; how many bytes there
/// were.
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

std::int64_t scalar_bytes(ScalarType type) {
  return info(type).bytes;
}
const char* scalar_name(ScalarType type) {
  return info(type).name;
}

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

bool is_npy(std::span<const std::byte> bytes) {
  return bytes.size() >= magic.size() && std::memcmp(bytes.data(), magic.data(), magic.size()) == 0;
}

NpyHeader parse_npy_header(std::span<const std::byte> bytes, const std::string& file) {
  if (!is_npy(bytes)) throw_input("{}: not an .npy file", file);
  if (bytes.size() < 12) throw_input("{}: the .npy header is cut short", file);
  const int version = std::to_integer<int>(bytes[6]);
  if (version < 1 || version > 3) throw_input("{}: version {} of .npy is unknown", file, version);
  const std::size_t start = version == 1 ? 10 : 12;
  const std::uint64_t length = little_endian(bytes.subspan(8, start - 8));
  if (length > longest_header) throw_input("{}: damaged .npy header", file);
  if (bytes.size() - start < length) throw_input("{}: the .npy header is cut short", file);
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()) + start, length);
  NpyHeader header = HeaderParser(text, file).parse();
  header.data_offset = start + static_cast<std::size_t>(length);
  try {
    header.shape.elements();
  } catch (const Error& e) {
    throw_input("{}: {}", file, e.what());
  }
  return header;
}

NpyHeader npy_header(HeadStream& stream, const std::string& file) {
  const std::span<const std::byte> start = stream.head(12);
  const std::size_t prefix = start.size() > 6 && start[6] == std::byte{1} ? 10 : 12;
  std::uint64_t length = 0;
  if (start.size() == 12)
    length = std::min<std::uint64_t>(little_endian(start.subspan(8, prefix - 8)), longest_header);
  return parse_npy_header(stream.head(prefix + static_cast<std::size_t>(length)), file);
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

namespace {

/// A file of version 1.0 with elements of NumPy's type `code`.
Bytes npy_file(const std::string& code, const Shape& shape, std::span<const std::byte> data) {
  std::string header = fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': (", code);
  for (int axis = 0; axis < shape.rank(); ++axis)
    header += fmt::format("{}{}", shape[axis], axis + 1 < shape.rank() ? ", " : shape.rank() == 1 ? "," : "");
  header += "), }";
  constexpr std::size_t prefix = 10;
  header.append(63 - (prefix + header.size()) % 64, ' ');
  header += '\n';
  Bytes file;
  file.reserve(prefix + header.size() + data.size());
  for (char c : magic) file.push_back(static_cast<std::byte>(c));
  for (std::size_t b : {std::size_t{1}, std::size_t{0}, header.size() & 255, header.size() >> 8})
    file.push_back(static_cast<std::byte>(b));
  const auto text = std::as_bytes(std::span(header));
  file.insert(file.end(), text.begin(), text.end());
  file.insert(file.end(), data.begin(), data.end());
  return file;
}

}  // namespace

Bytes encode_npy(const Tensor& tensor) {
  return npy_file("<f4", tensor.shape(), std::as_bytes(tensor.values()));
}

Bytes encode_npy(std::span<const std::int64_t> values) {
  return npy_file("<i8", Shape{static_cast<std::int64_t>(values.size())}, std::as_bytes(values));
}

Bytes encode_npy(std::span<const std::string> texts) {
  std::size_t width = 1;  // NumPy's text of width 0 is one that some of its functions do not take
  for (const std::string& text : texts) width = std::max(width, utf8_length(valid_utf8(text)));
  std::vector<char32_t> letters(width * texts.size(), U'\0');
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const std::string text = valid_utf8(texts[i]);
    std::size_t at = i * width;
    for (std::size_t k = 0; k < text.size(); ++at) {
      const auto lead = static_cast<unsigned char>(text[k++]);
      char32_t code = lead < 0x80   ? lead
                      : lead < 0xE0 ? lead & 0x1FU
                      : lead < 0xF0 ? lead & 0x0FU
                                    : lead & 7U;
      for (; k < text.size() && (static_cast<unsigned char>(text[k]) & 0xC0U) == 0x80U; ++k)
        code = code << 6 | (static_cast<unsigned char>(text[k]) & 0x3FU);
      letters[at] = code;
    }
  }
  return npy_file(fmt::format("<U{}", width), Shape{static_cast<std::int64_t>(texts.size())},
                  std::as_bytes(std::span(letters)));
}

}  // namespace nv
