#include "nv/data/gzip.h"

#include <zlib.h>

#include <algorithm>

#include "nv/core/error.h"

namespace nv {

namespace {

class Inflater {
 public:
  Inflater() {
    // 16: gzip's own header and checksum.
    if (inflateInit2(&stream_, MAX_WBITS + 16) != Z_OK) throw std::bad_alloc();
  }
  ~Inflater() { inflateEnd(&stream_); }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  z_stream& stream() { return stream_; }

 private:
  z_stream stream_{};
};

}  // namespace

bool is_gzip(std::span<const std::byte> bytes) {
  return bytes.size() >= 3 && bytes[0] == std::byte{0x1f} && bytes[1] == std::byte{0x8b} &&
         bytes[2] == std::byte{8};
}

Bytes gunzip(std::span<const std::byte> bytes, const std::string& file, std::size_t limit) {
  constexpr std::size_t chunk = std::size_t{1} << 20;
  Inflater inflater;
  z_stream& stream = inflater.stream();
  Bytes result;
  std::size_t filled = 0;
  std::size_t taken = 0;
  while (true) {
    if (filled == result.size()) {
      if (filled > limit) throw_input("{}: larger than {} bytes when unpacked", file, limit);
      result.resize(std::min(std::max(filled * 2, chunk), limit + 1));
    }
    const std::size_t in = std::min<std::size_t>(bytes.size() - taken, 1U << 30);
    const std::size_t out = std::min<std::size_t>(result.size() - filled, 1U << 30);
    // zlib's interface has no const; it does not write here.
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(bytes.data() + taken));
    stream.avail_in = static_cast<uInt>(in);
    stream.next_out = reinterpret_cast<Bytef*>(result.data() + filled);
    stream.avail_out = static_cast<uInt>(out);
    const int status = inflate(&stream, Z_NO_FLUSH);
    taken += in - stream.avail_in;
    filled += out - stream.avail_out;
    if (status == Z_STREAM_END) {
      // Another member may follow; other bytes behind the last one are padding, as gzip itself takes them.
      if (!is_gzip(bytes.subspan(taken))) break;
      inflateReset(&stream);
    } else if (status == Z_BUF_ERROR || (status == Z_OK && taken == bytes.size() && filled < result.size())) {
      throw_input("{}: the gzip file is cut short", file);
    } else if (status != Z_OK) {
      throw_input("{}: the gzip file is damaged", file);
    }
  }
  if (filled > limit) throw_input("{}: larger than {} bytes when unpacked", file, limit);
  result.resize(filled);
  return result;
}

}  // namespace nv
