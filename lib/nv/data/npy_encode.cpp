#include <algorithm>

#include "nv/core/error.h"
#include "nv/core/text.h"
#include "nv/data/npy.h"

namespace nv {

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
  for (char c : npy_magic) file.push_back(static_cast<std::byte>(c));
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

Bytes encode_npy(std::span<const double> values, const Shape& shape) {
  if (static_cast<std::int64_t>(values.size()) != shape.elements())
    throw_input("{} values do not fit a shape of {}", values.size(), shape.elements());
  return npy_file("<f8", shape, std::as_bytes(values));
}

Bytes encode_npy(std::span<const std::int64_t> values) {
  return npy_file("<i8", Shape{static_cast<std::int64_t>(values.size())}, std::as_bytes(values));
}

Bytes encode_npy(std::span<const std::string> texts) {
  std::size_t width = 1;  // some functions of NumPy fail on text of width 0
  for (const std::string& text : texts) width = std::max(width, utf8_length(valid_utf8(text)));
  std::vector<char32_t> letters(width * texts.size(), U'\0');
  for (std::size_t i = 0; i < texts.size(); ++i) {
    std::size_t at = i * width;
    for (std::string_view text = texts[i]; !text.empty();) letters[at++] = next_code_point(text);
  }
  return npy_file(fmt::format("<U{}", width), Shape{static_cast<std::int64_t>(texts.size())},
                  std::as_bytes(std::span(letters)));
}

}  // namespace nv
