#include "nv/data/byte_stream.h"

#include <algorithm>
#include <cstring>

#include "nv/core/error.h"
#include "nv/core/interrupt.h"
#include "nv/core/memory.h"

namespace nv {

std::size_t FileStream::read(std::span<std::byte> into) {
  const auto n = static_cast<std::size_t>(std::min<std::uint64_t>(into.size(), most()));
  file_.read(at_, into.first(n));
  at_ += n;
  return n;
}

std::size_t MemoryStream::read(std::span<std::byte> into) {
  const std::size_t n = std::min(into.size(), bytes_.size());
  if (n > 0) std::memcpy(into.data(), bytes_.data(), n);
  bytes_ = bytes_.subspan(n);
  return n;
}

std::span<const std::byte> HeadStream::head(std::size_t count) {
  if (const std::size_t have = head_.size() - taken_; have < count) {
    const std::size_t before = head_.size();
    head_.resize(taken_ + count);
    head_.resize(before + stream_.read(std::span(head_).subspan(before)));
  }
  return std::span(head_).subspan(taken_, std::min(count, head_.size() - taken_));
}

std::size_t HeadStream::read(std::span<std::byte> into) {
  const std::size_t ready = std::min(into.size(), head_.size() - taken_);
  if (ready > 0) std::memcpy(into.data(), head_.data() + taken_, ready);
  taken_ += ready;
  return ready == into.size() ? ready : ready + stream_.read(into.subspan(ready));
}

std::size_t append(ByteStream& stream, Bytes& bytes, std::size_t count) {
  constexpr std::size_t part = std::size_t{1} << 24;
  const std::size_t before = bytes.size();
  while (bytes.size() - before < count) {
    check_interrupt();
    const std::size_t filled = bytes.size(), wanted = std::min(part, count - (filled - before));
    bytes.resize(filled + wanted);
    const std::size_t there = stream.read(std::span(bytes).subspan(filled));
    bytes.resize(filled + there);
    if (there < wanted) break;
  }
  return bytes.size() - before;
}

Bytes read_rest(ByteStream& stream, const std::string& file, std::uint64_t limit, std::uint64_t expected) {
  constexpr std::uint64_t chunk = std::uint64_t{1} << 20;
  const std::uint64_t most = limit + 1;
  Bytes bytes;
  std::size_t filled = 0;
  while (true) {
    check_interrupt();
    if (filled == bytes.capacity()) {
      const std::uint64_t guess = filled == 0 ? std::min(expected, stream.most()) + 1 : 2 * filled;
      const std::uint64_t size = std::min(most, std::max(guess, filled == 0 ? std::uint64_t{1} : chunk));
      if (filled == size) throw_input("{}: larger than {} bytes when unpacked", file, limit);
      check_memory(size, file);
      bytes.reserve(static_cast<std::size_t>(size));
    }
    const std::size_t before = filled;
    // Reserved pages cost no memory until they are touched.
    bytes.resize(static_cast<std::size_t>(std::min<std::uint64_t>(bytes.capacity(), before + chunk)));
    filled += stream.read(std::span(bytes).subspan(before));
    if (filled < bytes.size()) break;
  }
  bytes.resize(filled);
  return bytes;
}

}  // namespace nv
