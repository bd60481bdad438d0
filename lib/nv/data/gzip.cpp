#include "nv/data/gzip.h"

#include <zlib.h>

#include <algorithm>

#include "nv/core/bytes.h"
#include "nv/core/error.h"
#include "nv/core/interrupt.h"

namespace nv {

bool is_gzip(std::span<const std::byte> bytes) {
  return bytes.size() >= 3 && bytes[0] == std::byte{0x1f} && bytes[1] == std::byte{0x8b} &&
         bytes[2] == std::byte{8};
}

struct GunzipStream::State {
  HeadStream packed;
  std::string file;
  z_stream zlib{};
  Bytes buffer = Bytes(std::size_t{1} << 16);
  bool ended = false;

  State(ByteStream& stream, std::string name) : packed(stream), file(std::move(name)) {
    // 16: with gzip's header and checksum.
    if (inflateInit2(&zlib, MAX_WBITS + 16) != Z_OK) throw std::bad_alloc();
  }
  ~State() { inflateEnd(&zlib); }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  void refill() {
    zlib.next_in = reinterpret_cast<Bytef*>(buffer.data());
    zlib.avail_in = static_cast<uInt>(packed.read(buffer));
    if (zlib.avail_in == 0) throw_input("{}: the gzip file is cut short", file);
  }

  /// Begins the next member, if there is one. Other bytes after a member are padding, as for gzip.
  bool next_member() {
    Bytes start(zlib.avail_in);
    std::copy_n(reinterpret_cast<const std::byte*>(zlib.next_in), start.size(), start.begin());
    const std::span<const std::byte> more = packed.head(3);
    start.insert(start.end(), more.begin(), more.end());
    return is_gzip(start) && inflateReset(&zlib) == Z_OK;
  }
};

GunzipStream::GunzipStream(ByteStream& packed, std::string file)
    : state_(std::make_unique<State>(packed, std::move(file))) {}
GunzipStream::~GunzipStream() = default;

std::uint64_t GunzipStream::most() const {
  if (state_->ended) return 0;
  // 64: what zlib has taken but not yet unpacked, its window and the rest of a code.
  return (state_->packed.most() + state_->zlib.avail_in + 64) * 1032 + (std::uint64_t{1} << 16);
}

std::size_t GunzipStream::read(std::span<std::byte> into) {
  z_stream& zlib = state_->zlib;
  std::size_t filled = 0;
  while (filled < into.size() && !state_->ended) {
    check_interrupt();
    if (zlib.avail_in == 0) state_->refill();
    const auto room = static_cast<uInt>(std::min<std::size_t>(into.size() - filled, 1U << 24));
    zlib.next_out = reinterpret_cast<Bytef*>(into.data() + filled);
    zlib.avail_out = room;
    const int status = inflate(&zlib, Z_NO_FLUSH);
    filled += room - zlib.avail_out;
    if (status == Z_STREAM_END)
      state_->ended = !state_->next_member();
    else if (status != Z_OK && status != Z_BUF_ERROR)
      throw_input("{}: the gzip file is damaged", state_->file);
  }
  return filled;
}

std::uint64_t claimed_size(std::span<const std::byte> last_bytes) {
  return last_bytes.size() < 4 ? 0 : little_endian(last_bytes, last_bytes.size() - 4, 4);
}

}  // namespace nv
