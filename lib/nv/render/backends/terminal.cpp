#include "nv/render/backends/terminal.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "nv/core/base64.h"

namespace nv::render {

namespace {

int cube_level(std::uint8_t channel) {
  return (channel * 5 + 127) / 255;
}

/// Index in the colour cube of xterm's 256 colours.
int cube_index(Rgb c) {
  return 16 + 36 * cube_level(c.r) + 6 * cube_level(c.g) + cube_level(c.b);
}

/// "▀" or "▄" per character; `code(colour, ground)` is the escape sequence of a colour, written when it
/// changes.
template <typename Code>
std::string half_blocks(const TerminalPicture& picture, Code code) {
  std::string out;
  for (int y = 0; y < picture.rows; y += 2) {
    std::string last;
    for (int x = 0; x < picture.columns; ++x) {
      const std::optional<Rgb> upper = picture.at(x, y);
      const std::optional<Rgb> lower = y + 1 < picture.rows ? picture.at(x, y + 1) : std::nullopt;
      std::string colours = "\x1b[0m", letter = " ";
      if (upper || lower) {
        colours += code(upper ? *upper : *lower, false);
        if (upper && lower) colours += code(*lower, true);
        letter = upper ? "▀" : "▄";
      }
      if (colours != last) out += colours;
      last = colours;
      out += letter;
    }
    out += "\x1b[0m\n";
  }
  return out;
}

/// Six rows of pixels: a run of sixels for each of their colours.
std::string band(const std::vector<int>& indices, int width, int height, int top) {
  std::map<int, std::string> lines;
  for (int x = 0; x < width; ++x) {
    std::map<int, int> bits;
    for (int k = 0; k < 6 && top + k < height; ++k)
      bits[indices[static_cast<std::size_t>(top + k) * static_cast<std::size_t>(width) +
                   static_cast<std::size_t>(x)]] |= 1 << k;
    for (const auto& [colour, mask] : bits) {
      std::string& line = lines[colour];
      line.resize(static_cast<std::size_t>(x), '?');
      line += static_cast<char>('?' + mask);
    }
  }
  std::string out;
  for (const auto& [colour, line] : lines) {
    out += fmt::format("{}#{}", out.empty() ? "" : "$", colour);
    for (std::size_t i = 0; i < line.size();) {
      const std::size_t end = std::min(line.find_first_not_of(line[i], i), line.size());
      out += end - i > 3 ? fmt::format("!{}{}", end - i, line[i]) : std::string(end - i, line[i]);
      i = end;
    }
  }
  return out + "-";
}

}  // namespace

std::string half_blocks_24(const TerminalPicture& picture) {
  return half_blocks(picture, [](Rgb c, bool ground) {
    return fmt::format("\x1b[{};2;{};{};{}m", ground ? 48 : 38, c.r, c.g, c.b);
  });
}

std::string half_blocks_256(const TerminalPicture& picture) {
  return half_blocks(picture, [](Rgb c, bool ground) {
    return fmt::format("\x1b[{};5;{}m", ground ? 48 : 38, cube_index(c));
  });
}

std::string shades(const TerminalPicture& picture) {
  constexpr std::string_view letters[] = {" ", "░", "▒", "▓", "█"};
  std::string out;
  for (int y = 0; y < picture.rows; y += 2) {
    std::string line;
    for (int x = 0; x < picture.columns; ++x) {
      double sum = 0;
      int count = 0;
      for (int k = y; k < std::min(y + 2, picture.rows); ++k)
        if (const std::optional<Rgb> c = picture.at(x, k)) {
          sum += std::sqrt(luminance(*c));
          ++count;
        }
      line += letters[count == 0 ? 0 : std::clamp(static_cast<int>(sum / count * 5), 0, 4)];
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out += line + '\n';
  }
  return out;
}

std::string kitty(std::span<const std::byte> png) {
  constexpr std::size_t chunk = 4096;
  const std::string text = base64(png);
  std::string out;
  for (std::size_t at = 0; at < text.size(); at += chunk) {
    const bool more = at + chunk < text.size();
    out += fmt::format("\x1b_G{}m={};{}\x1b\\", at == 0 ? "a=T,f=100," : "", more ? 1 : 0,
                       text.substr(at, chunk));
  }
  return out + '\n';
}

std::string sixel(const Image& image) {
  std::map<int, int> numbers;  // colour -> index
  std::vector<int> indices;
  for (const bool exact : {true, false}) {
    numbers.clear();
    indices.clear();
    for (std::size_t i = 0; i + 2 < image.rgb.size() && numbers.size() <= 256; i += 3) {
      Rgb c{image.rgb[i], image.rgb[i + 1], image.rgb[i + 2]};
      if (!exact)
        c = {static_cast<std::uint8_t>(cube_level(c.r) * 51), static_cast<std::uint8_t>(cube_level(c.g) * 51),
             static_cast<std::uint8_t>(cube_level(c.b) * 51)};
      const int key = c.r << 16 | c.g << 8 | c.b;
      indices.push_back(numbers.emplace(key, static_cast<int>(numbers.size())).first->second);
    }
    if (numbers.size() <= 256) break;
  }
  std::string out = fmt::format("\x1bPq\"1;1;{};{}", image.width, image.height);
  for (const auto& [key, number] : numbers) {
    const auto percent = [](int channel) { return (channel * 100 + 127) / 255; };
    out += fmt::format("#{};2;{};{};{}", number, percent(key >> 16), percent(key >> 8 & 255),
                       percent(key & 255));
  }
  for (int top = 0; top < image.height; top += 6) out += band(indices, image.width, image.height, top);
  return out + "\x1b\\\n";
}

}  // namespace nv::render
