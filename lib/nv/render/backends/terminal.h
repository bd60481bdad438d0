// Pictures as what terminals understand.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "nv/core/file.h"
#include "nv/render/backends/raster.h"

namespace nv::render {

/// A picture of few pixels; those without a colour show the terminal's own ground.
struct TerminalPicture {
  int columns = 0, rows = 0;
  std::vector<std::optional<Rgb>> pixels;  ///< row by row

  TerminalPicture(int width, int height)
      : columns(width),
        rows(height),
        pixels(static_cast<std::size_t>(width) * static_cast<std::size_t>(height)) {}
  std::optional<Rgb>& at(int x, int y) {
    return pixels[static_cast<std::size_t>(y) * static_cast<std::size_t>(columns) +
                  static_cast<std::size_t>(x)];
  }
  const std::optional<Rgb>& at(int x, int y) const {
    return pixels[static_cast<std::size_t>(y) * static_cast<std::size_t>(columns) +
                  static_cast<std::size_t>(x)];
  }
};

/// Two pixels a character, "▀" in two colours: 24 bits, or the 256 colours of xterm. A line ends with a
/// reset.
std::string half_blocks_24(const TerminalPicture& picture);
std::string half_blocks_256(const TerminalPicture& picture);
/// Without colours: two pixels a character, " ░▒▓█" by luminance.
std::string shades(const TerminalPicture& picture);

/// A PNG file in kitty's graphics protocol.
std::string kitty(std::span<const std::byte> png);
/// In DEC's sixel format, colours on a 6 x 6 x 6 cube where there are more than 256.
std::string sixel(const Image& image);

}  // namespace nv::render
