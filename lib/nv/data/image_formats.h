// Formats of pictures that are decoded without stb_image, and what all have in common.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "nv/core/abandon.h"
#include "nv/core/file.h"
#include "nv/data/image.h"

namespace nv {

constexpr std::int64_t most_pixels = std::int64_t{1} << 28;

/// The bytes that a decoder reads. It derives its own state from this, and has run().
struct DecodedBytes {
  Bytes own;  ///< of a large picture, which may have to be left behind
  std::span<const std::byte> bytes;
};

/// Decodes. A picture of many pixels is decoded from a copy of its bytes, so that an interruption is heard
/// meanwhile: then it is left to itself.
template <typename Decoding>
void run_decoding(const std::shared_ptr<Decoding>& decoding, std::span<const std::byte> bytes,
                  std::int64_t pixels) {
  constexpr std::int64_t most_at_once = std::int64_t{1} << 23;
  decoding->bytes = bytes;
  if (pixels <= most_at_once) return decoding->run();
  decoding->own.assign(bytes.begin(), bytes.end());
  decoding->bytes = decoding->own;
  run_abandonable([decoding] { decoding->run(); });
}

/// Throws Error(input) "FILE: a PNM of 40000 x 40000 pixels is larger than nv reads ..." above most_pixels.
/// Width and height are positive.
void check_picture_size(std::string_view format, std::int64_t width, std::int64_t height,
                        const std::string& file);

/// Throws Error(input) "FILE: a PNG of 40000 x 40000 pixels: needs 4.5 GB of memory, ..." where decoding
/// takes more than the limit.
void check_picture_memory(std::uint64_t bytes, std::string_view format, std::int64_t width,
                          std::int64_t height, const std::string& file);

/// PBM, PGM and PPM, as text (P1, P2, P3) and binary (P4, P5, P6), the first picture of a file (Netpbm's
/// manual). Values of another maximum than 255 are scaled to it; of those above, the upper 8 bits are kept.
/// Throws Error(input) as decode_image.
Picture decode_pnm(std::span<const std::byte> bytes, const std::string& file);

/// WebP, lossy or not; of an animation the first frame. Throws Error(input) as decode_image.
Picture decode_webp(std::span<const std::byte> bytes, const std::string& file);

}  // namespace nv
