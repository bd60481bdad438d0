// Bytes one after the other, so that what a file holds is read to where it stays: out of a file, out of
// memory, or unpacked on the way.
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
  /// Fills `into` as far as there are bytes; how many there were. Throws Error(input) where they are damaged.
  virtual std::size_t read(std::span<std::byte> into) = 0;
  /// No more bytes than that are to come: what a header claims beyond it is no reason to ask for memory.
  virtual std::uint64_t most() const = 0;
  /// Whether exactly `most` are to come.
  virtual bool size_known() const { return true; }
};

/// A file from `offset` on. The reader must outlive it.
class FileStream final : public ByteStream {
 public:
  explicit FileStream(const FileReader& file, std::uint64_t offset = 0) : file_(file), at_(offset) {}
  std::size_t read(std::span<std::byte> into) override;
  std::uint64_t most() const override { return file_.size() - at_; }

 private:
  const FileReader& file_;
  std::uint64_t at_;
};

/// Bytes that must outlive it.
class MemoryStream final : public ByteStream {
 public:
  explicit MemoryStream(std::span<const std::byte> bytes) : bytes_(bytes) {}
  std::size_t read(std::span<std::byte> into) override;
  std::uint64_t most() const override { return bytes_.size(); }

 private:
  std::span<const std::byte> bytes_;
};

/// Another stream of which the first bytes can be looked at before they are read.
class HeadStream final : public ByteStream {
 public:
  explicit HeadStream(ByteStream& stream) : stream_(stream) {}
  /// The first `count` bytes, or as many as there are.
  std::span<const std::byte> head(std::size_t count);
  std::size_t read(std::span<std::byte> into) override;
  std::uint64_t most() const override { return head_.size() - taken_ + stream_.most(); }
  bool size_known() const override { return stream_.size_known(); }

 private:
  ByteStream& stream_;
  Bytes head_;
  std::size_t taken_ = 0;
};

/// Puts `count` bytes behind `bytes`, or as many as there are; how many. In parts, so that an interruption is
/// heard, and memory that was only reserved is touched as it fills.
std::size_t append(ByteStream& stream, Bytes& bytes, std::size_t count);

/// All that is left, at most `limit` bytes. `expected` is a guess that may be wrong: where it is right,
/// nothing is copied. Throws Error(input), beginning with `file`: more than `limit`, or than the limit of
/// memory.
Bytes read_rest(ByteStream& stream, const std::string& file, std::uint64_t limit, std::uint64_t expected);

}  // namespace nv
