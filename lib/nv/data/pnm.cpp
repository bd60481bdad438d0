#include <algorithm>
#include <array>

#include "nv/core/error.h"
#include "nv/core/interrupt.h"
#include "nv/data/image_formats.h"

namespace nv {

namespace {

class PnmReader {
 public:
  PnmReader(std::span<const std::byte> bytes, const std::string& file) : bytes_(bytes), file_(file) {}

  Picture read() {
    const char kind = static_cast<char>(bytes_[1]);
    const bool text = kind <= '3', bits = kind == '1' || kind == '4';
    at_ = 2;
    Picture picture{number(), number(), kind == '3' || kind == '6' ? 3 : 1, {}};
    maximum_ = bits ? 1 : number();
    if (picture.width == 0 || picture.height == 0 || maximum_ == 0 || maximum_ > 65535) damaged();
    check_picture_size("PNM", picture.width, picture.height, file_);
    if (!text) ++at_;  // one white space
    const std::int64_t values = picture.width * picture.height * picture.channels;
    const std::int64_t needed = kind == '4'   ? (picture.width + 7) / 8 * picture.height
                                : kind == '1' ? values
                                : text        ? 2 * values - 1
                                              : values * (maximum_ > 255 ? 2 : 1);
    if (static_cast<std::int64_t>(bytes_.size() - std::min(at_, bytes_.size())) < needed) cut_short();
    check_picture_memory(static_cast<std::uint64_t>(values), "PNM", picture.width, picture.height, file_);
    picture.pixels.resize(static_cast<std::size_t>(values));
    if (kind == '4') {
      read_bits(picture);
    } else {
      std::size_t done = 0;
      for (std::uint8_t& value : picture.pixels) {
        if (++done % (1U << 20) == 0) check_interrupt();
        value = bits ? text_bit() : scaled(text ? number() : binary());
      }
    }
    return picture;
  }

 private:
  [[noreturn]] void damaged() const { throw_input("{}: a damaged PNM file", file_); }
  [[noreturn]] void cut_short() const { throw_input("{}: the PNM file is cut short or damaged", file_); }

  /// Skips white space and comments; returns the next character.
  char next() {
    bool comment = false;
    for (; at_ < bytes_.size(); ++at_) {
      const char c = static_cast<char>(bytes_[at_]);
      if (comment) {
        comment = c != '\n' && c != '\r';
      } else if (c == '#') {
        comment = true;
      } else if (c != ' ' && (c < '\t' || c > '\r')) {
        return c;
      }
    }
    cut_short();
  }

  std::int64_t number() {
    char c = next();
    std::int64_t value = 0;
    if (c < '0' || c > '9') damaged();
    while (c >= '0' && c <= '9') {
      value = std::min<std::int64_t>(value * 10 + (c - '0'), std::int64_t{1} << 40);
      c = ++at_ < bytes_.size() ? static_cast<char>(bytes_[at_]) : '\0';
    }
    return value;
  }

  std::int64_t binary() {
    const auto byte = [this] { return std::to_integer<std::int64_t>(bytes_[at_++]); };
    const std::int64_t high = maximum_ > 255 ? byte() << 8 : 0;
    return std::min(high + byte(), maximum_);
  }

  std::uint8_t scaled(std::int64_t value) const {
    if (value > maximum_) damaged();
    if (maximum_ > 255) return static_cast<std::uint8_t>(value * 65535 / maximum_ >> 8);
    return static_cast<std::uint8_t>((value * 255 + maximum_ / 2) / maximum_);
  }

  /// One bit as text; 1 is black.
  std::uint8_t text_bit() {
    const char c = next();
    if (c != '0' && c != '1') damaged();
    ++at_;
    return c == '0' ? 255 : 0;
  }

  void read_bits(Picture& picture) {
    const std::size_t row = (static_cast<std::size_t>(picture.width) + 7) / 8;
    const auto width = static_cast<std::size_t>(picture.width);
    for (std::size_t i = 0; i < picture.pixels.size(); ++i) {
      const std::size_t x = i % width;
      const auto byte = std::to_integer<unsigned>(bytes_[at_ + i / width * row + x / 8]);
      picture.pixels[i] = (byte >> (7 - x % 8) & 1U) == 0 ? 255 : 0;
    }
  }

  std::span<const std::byte> bytes_;
  const std::string& file_;
  std::size_t at_ = 0;
  std::int64_t maximum_ = 0;
};

}  // namespace

Picture decode_pnm(std::span<const std::byte> bytes, const std::string& file) {
  return PnmReader(bytes, file).read();
}

}  // namespace nv
