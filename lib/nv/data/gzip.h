// Unpacking gzip files.
#pragma once

#include <memory>
#include <span>
#include <string>

#include "nv/data/byte_stream.h"

namespace nv {

/// Whether a file that begins so is gzip.
bool is_gzip(std::span<const std::byte> bytes);

/// The unpacked content, all members joined. `packed` must outlive it. read() throws Error(input), beginning
/// with `file`: damaged or cut short.
class GunzipStream final : public ByteStream {
 public:
  GunzipStream(ByteStream& packed, std::string file);
  ~GunzipStream() override;
  std::size_t read(std::span<std::byte> into) override;
  /// By deflate's greatest ratio, 1032 to 1.
  std::uint64_t most() const override;
  bool size_known() const override { return false; }

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// The unpacked size modulo 2^32 that the last bytes of a gzip file claim; not reliable.
std::uint64_t claimed_size(std::span<const std::byte> last_bytes);

}  // namespace nv
