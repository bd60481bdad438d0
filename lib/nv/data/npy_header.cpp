#include <algorithm>

#include "nv/core/bytes.h"
#include "nv/core/error.h"
#include "nv/core/text.h"
#include "nv/data/npy.h"

namespace nv {

namespace {

constexpr std::size_t longest_header = std::size_t{1} << 20;

/// Parses the Python dictionary of an .npy header: strings, True, False and tuples of integers.
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
    if (at_ < text_.size() && text_[at_] == 'L') ++at_;  // a long of Python 2
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
    const auto scalar = scalar_of_code(code);
    if (!scalar) throw_input("{}: elements of type '{}' cannot be read", file_, one_line(descr));
    header_.type = *scalar;
    header_.big_endian = descr[0] == '>' && scalar_bytes(*scalar) > 1;
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

}  // namespace

bool is_npy(std::span<const std::byte> bytes) {
  return starts_with(bytes, npy_magic);
}

NpyHeader parse_npy_header(std::span<const std::byte> bytes, const std::string& file) {
  if (!is_npy(bytes)) throw_input("{}: not an .npy file", file);
  if (bytes.size() < 12) throw_input("{}: the .npy header is cut short", file);
  const int version = std::to_integer<int>(bytes[6]);
  if (version < 1 || version > 3) throw_input("{}: version {} of .npy is unknown", file, version);
  const std::size_t start = version == 1 ? 10 : 12;
  const std::uint64_t length = little_endian(bytes, 8, start - 8);
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
    length = std::min<std::uint64_t>(little_endian(start, 8, prefix - 8), longest_header);
  return parse_npy_header(stream.head(prefix + static_cast<std::size_t>(length)), file);
}

}  // namespace nv
