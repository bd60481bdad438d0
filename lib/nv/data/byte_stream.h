// Sequential bytes from a file, from memory, or from an unpacker, read directly into their final buffer.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "nv/core/file.h"

namespace nv {

class ByteStream {
 public:
  virtual ~ByteStream() = default;
  /// Reads up to into.size() bytes and returns their number, less than that only at the end. Throws
  /// Error(input) if they are damaged.
  virtual std::size_t read(std::span<std::byte> into) = 0;
  /// Upper bound of the bytes left. No memory is allocated for more, whatever a header claims.
  virtual std::uint64_t most() const = 0;
  /// Whether exactly most() bytes are left.
  virtual bool size_known() const { return true; }
};

/// A file from `offset` on. `file` must outlive it.
class FileStream final : public ByteStream {
 public:
  explicit FileStream(const FileReader& file, std::uint64_t offset = 0) : file_(file), at_(offset) {}
  std::size_t read(std::span<std::byte> into) override;
  std::uint64_t most() const override { return file_.size() - at_; }

 private:
  const FileReader& file_;
  std::uint64_t at_;
};

/// Bytes in memory, which must outlive it.
class MemoryStream final : public ByteStream {
 public:
  explicit MemoryStream(std::span<const std::byte> bytes) : bytes_(bytes) {}
  std::size_t read(std::span<std::byte> into) override;
  std::uint64_t most() const override { return bytes_.size(); }

 private:
  std::span<const std::byte> bytes_;
};

/// Wraps a stream so that its next bytes can be inspected before they are read.
class HeadStream final : public ByteStream {
 public:
  explicit HeadStream(ByteStream& stream) : stream_(stream) {}
  /// The next `count` bytes, or all that are left, without reading them. Valid until the next call.
  std::span<const std::byte> head(std::size_t count);
  std::size_t read(std::span<std::byte> into) override;
  std::uint64_t most() const override { return head_.size() - taken_ + stream_.most(); }
  bool size_known() const override { return stream_.size_known(); }

 private:
  ByteStream& stream_;
  Bytes head_;
  std::size_t taken_ = 0;
};

/// Appends up to `count` bytes to `bytes` and returns their number. Works in blocks, so that it can be
/// interrupted and reserved memory is only touched as it fills.
std::size_t append(ByteStream& stream, Bytes& bytes, std::size_t count);

/// Returns all bytes that are left. `expected`: a guess of their number, to reserve memory. Throws
/// Error(input), beginning with `file`, for more than `limit` bytes or memory_limit().
Bytes read_rest(ByteStream& stream, const std::string& file, std::uint64_t limit, std::uint64_t expected);

}  // namespace nv
