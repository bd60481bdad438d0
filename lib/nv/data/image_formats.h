// Decoders of formats that stb_image does not read, and what all decoders share.
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

/// Input of a decoder, which derives its state from this and has a function run().
struct DecodedBytes {
  Bytes own;  ///< copy of the bytes of a large picture, for a detached thread
  std::span<const std::byte> bytes;
};

/// Decodes. A picture with more than 2^23 pixels is decoded on another thread from a copy of its bytes, so
/// that it can be interrupted (run_abandonable).
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

/// Throws Error(input) "FILE: a PNM of 40000 x 40000 pixels is larger than nv reads ..." for more than
/// most_pixels. Width and height are positive.
void check_picture_size(std::string_view format, std::int64_t width, std::int64_t height,
                        const std::string& file);

/// Throws Error(input) "FILE: a PNG of 40000 x 40000 pixels: needs 4.5 GB of memory, ..." if `bytes` exceeds
/// memory_limit().
void check_picture_memory(std::uint64_t bytes, std::string_view format, std::int64_t width,
                          std::int64_t height, const std::string& file);

/// PBM, PGM and PPM, text (P1, P2, P3) and binary (P4, P5, P6), the first picture of a file (Netpbm's
/// manual). Values with a maximum below 255 are scaled to 255; for a larger one, the upper 8 bits are kept.
/// Throws Error(input) as decode_image.
Picture decode_pnm(std::span<const std::byte> bytes, const std::string& file);

/// WebP, lossy or lossless, the first frame of an animation. Throws Error(input) as decode_image.
Picture decode_webp(std::span<const std::byte> bytes, const std::string& file);

}  // namespace nv
