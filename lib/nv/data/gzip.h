// Gzip, for MNIST's files as they are downloaded.
#pragma once

#include <memory>
#include <span>
#include <string>

#include "nv/data/byte_stream.h"

namespace nv {

bool is_gzip(std::span<const std::byte> bytes);

/// What is inside, all members joined, unpacked as it is read; `packed` must outlive it. Reading throws
/// Error(input), beginning with `file`: damaged, or cut short.
class GunzipStream final : public ByteStream {
 public:
  GunzipStream(ByteStream& packed, std::string file);
  ~GunzipStream() override;
  std::size_t read(std::span<std::byte> into) override;
  /// Deflate does not pack more than 1032 to 1.
  std::uint64_t most() const override;
  bool size_known() const override { return false; }

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// The size that the last bytes of a gzip file claim, below 2^32: a guess, never to be relied on.
std::uint64_t claimed_size(std::span<const std::byte> last_bytes);

/// What is inside. Throws Error(input), beginning with `file`: damaged, cut short, or larger than `limit`
/// bytes or the limit of memory when unpacked.
Bytes gunzip(std::span<const std::byte> bytes, const std::string& file,
             std::size_t limit = std::size_t{1} << 32);

}  // namespace nv
