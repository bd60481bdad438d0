// Pictures as text and escape sequences for terminals.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "nv/core/file.h"
#include "nv/render/backends/raster.h"

namespace nv::render {

/// A picture of few pixels; those without a colour show the terminal's background.
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

/// Two pixels per character, "▀" in two colours: 24 bits, or the 256 colours of xterm. A line ends with a
/// reset.
std::string half_blocks_24(const TerminalPicture& picture);
std::string half_blocks_256(const TerminalPicture& picture);
/// Without colours: two pixels per character, " ░▒▓█" by luminance.
std::string shades(const TerminalPicture& picture);

/// A PNG file in kitty's graphics protocol.
std::string kitty(std::span<const std::byte> png);
/// In DEC's sixel format; more than 256 colours are reduced to a 6 x 6 x 6 cube.
std::string sixel(const Image& image);

}  // namespace nv::render
