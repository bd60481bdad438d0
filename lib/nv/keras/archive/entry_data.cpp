#include "nv/keras/archive/entry_data.h"

#include <zlib.h>

#include <algorithm>
#include <new>

#include "nv/core/interrupt.h"

namespace nv {

namespace {

constexpr std::size_t piece = std::size_t{1} << 18;

std::uint32_t checksum(std::uint32_t before, std::span<const std::byte> bytes) {
  return static_cast<std::uint32_t>(
      crc32_z(before, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size()));
}

/// Calls `take` with the bytes of a part of a file, at most `piece` of them at a time.
template <typename Take>
void for_pieces(const FileReader& file, const Extent& part, const Take& take) {
  Bytes buffer(static_cast<std::size_t>(std::min<std::uint64_t>(piece, part.size)));
  for (std::uint64_t done = 0; done < part.size;) {
    check_interrupt();
    const auto some = std::span(buffer).first(
        static_cast<std::size_t>(std::min<std::uint64_t>(buffer.size(), part.size - done)));
    file.read(part.offset + done, some);
    take(std::span<const std::byte>(some));
    done += some.size();
  }
}

struct InflateStream : z_stream {
  InflateStream() : z_stream{} {
    if (inflateInit2(this, -MAX_WBITS) != Z_OK) throw std::bad_alloc();
  }
  ~InflateStream() { inflateEnd(this); }
  InflateStream(const InflateStream&) = delete;
  InflateStream& operator=(const InflateStream&) = delete;
};

}  // namespace

std::uint32_t checksum_of(std::span<const std::byte> bytes) {
  return checksum(0, bytes);
}

std::uint32_t checksum_of(const FileReader& file, const Extent& part) {
  std::uint32_t sum = 0;
  for_pieces(file, part, [&](std::span<const std::byte> some) { sum = checksum(sum, some); });
  return sum;
}

Inflated inflate_part(const FileReader& file, const Extent& part, std::span<std::byte> into) {
  InflateStream stream;
  std::size_t made = 0;
  bool ended = false, good = true, trailing = false;
  for_pieces(file, part, [&](std::span<const std::byte> some) {
    stream.next_in = const_cast<Bytef*>(reinterpret_cast<const Bytef*>(some.data()));
    stream.avail_in = static_cast<uInt>(some.size());
    while (good && !ended && stream.avail_in > 0) {
      Bytef beyond = 0;  // zlib needs room for a byte even if it has none to write
      const std::size_t room = std::min(into.size() - made, std::size_t{1} << 30);
      stream.next_out = room == 0 ? &beyond : reinterpret_cast<Bytef*>(into.data()) + made;
      stream.avail_out = room == 0 ? 1 : static_cast<uInt>(room);
      const int result = inflate(&stream, Z_NO_FLUSH);
      const std::size_t here = (room == 0 ? 1 : room) - stream.avail_out;
      ended = result == Z_STREAM_END;
      good = (result == Z_OK || ended) && here <= room;
      made += here;
    }
    trailing = trailing || stream.avail_in > 0;
  });
  if (!good || !ended || made != into.size()) return Inflated::damaged;
  return trailing ? Inflated::trailing : Inflated::whole;
}

}  // namespace nv
