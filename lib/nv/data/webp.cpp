#include <webp/decode.h>
#include <webp/demux.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "nv/core/error.h"
#include "nv/data/image_formats.h"

namespace nv {

namespace {

struct DeleteAnimation {
  void operator()(WebPAnimDecoder* decoder) const { WebPAnimDecoderDelete(decoder); }
};

/// First frame of an animation in RGBA; null if it cannot be decoded. The decoder owns the memory.
const std::uint8_t* first_frame(WebPAnimDecoder* decoder) {
  std::uint8_t* canvas = nullptr;
  int milliseconds = 0;
  return decoder != nullptr && WebPAnimDecoderGetNext(decoder, &canvas, &milliseconds) != 0 ? canvas
                                                                                            : nullptr;
}

bool decode_animation(std::span<const std::byte> bytes, Picture& picture) {
  const WebPData data{reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()};
  WebPAnimDecoderOptions options;
  if (WebPAnimDecoderOptionsInit(&options) == 0) return false;
  options.color_mode = MODE_RGBA;
  const std::unique_ptr<WebPAnimDecoder, DeleteAnimation> decoder(WebPAnimDecoderNew(&data, &options));
  const std::uint8_t* rgba = first_frame(decoder.get());
  if (rgba == nullptr) return false;
  const auto channels = static_cast<std::size_t>(picture.channels);
  for (std::size_t i = 0; i < picture.pixels.size(); ++i)
    picture.pixels[i] = rgba[i / channels * 4 + i % channels];
  return true;
}

/// Everything that libwebp uses while it decodes.
struct WebpDecoding : DecodedBytes {
  Picture picture;
  bool animated = false, done = false;

  void run() {
    picture.pixels.resize(static_cast<std::size_t>(picture.width * picture.height * picture.channels));
    const int row = static_cast<int>(picture.width * picture.channels);
    const auto decode = picture.channels == 4 ? WebPDecodeRGBAInto : WebPDecodeRGBInto;
    done = animated ? decode_animation(bytes, picture)
                    : decode(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size(),
                             picture.pixels.data(), picture.pixels.size(), row) != nullptr;
  }
};

}  // namespace

Picture decode_webp(std::span<const std::byte> bytes, const std::string& file) {
  const auto* data = reinterpret_cast<const std::uint8_t*>(bytes.data());
  WebPBitstreamFeatures features;
  const VP8StatusCode status = WebPGetFeatures(data, bytes.size(), &features);
  const std::string damaged = fmt::format("{}: the WebP file is cut short or damaged", file);
  if (status != VP8_STATUS_OK || features.width <= 0 || features.height <= 0)
    throw Error(ErrorKind::input, damaged);
  const Picture picture{features.width, features.height, features.has_alpha != 0 ? 4 : 3, {}};
  const bool animated = features.has_animation != 0;
  check_picture_size("WebP", picture.width, picture.height, file);  // an animation's canvas: 2^24 a side
  const std::int64_t pixels = picture.width * picture.height;
  // With libwebp's buffers: 4 bytes per pixel of a lossless picture, two canvases of an animation.
  check_picture_memory(static_cast<std::uint64_t>(pixels) * (animated ? 16 : 8), "WebP", picture.width,
                       picture.height, file);
  const auto decoding = std::make_shared<WebpDecoding>();
  decoding->picture = picture;
  decoding->animated = animated;
  run_decoding(decoding, bytes, pixels);
  if (!decoding->done) throw Error(ErrorKind::input, damaged);
  return std::move(decoding->picture);
}

}  // namespace nv
