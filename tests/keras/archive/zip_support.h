// Zip archives made byte by byte, in the forms that other programs write.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "data/support.h"

namespace nv::test {

struct ZipEntry {
  std::string name;
  Bytes content;
};

struct ZipForm {
  bool deflated = false;
  bool descriptor = false;  ///< sizes and checksum after the data, as programs write that cannot seek
};

inline void append(Bytes& bytes, std::uint64_t number, int size) {
  for (int i = 0; i < size; ++i) bytes.push_back(static_cast<std::byte>(number >> (8 * i)));
}

inline std::uint32_t crc32_of(std::span<const std::byte> bytes) {
  std::uint32_t crc = ~0U;
  for (const std::byte b : bytes) {
    crc ^= std::to_integer<std::uint32_t>(b);
    for (int bit = 0; bit < 8; ++bit) crc = crc >> 1 ^ ((crc & 1U) != 0 ? 0xedb88320U : 0U);
  }
  return ~crc;
}

/// A deflate stream whose blocks are not compressed (RFC 1951, 3.2.4).
inline Bytes deflated(std::span<const std::byte> bytes) {
  Bytes stream;
  do {
    const std::size_t n = std::min<std::size_t>(bytes.size(), 0xffff);
    stream.push_back(n == bytes.size() ? std::byte{1} : std::byte{0});
    append(stream, n, 2);
    append(stream, ~n, 2);
    stream.insert(stream.end(), bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(n));
    bytes = bytes.subspan(n);
  } while (!bytes.empty());
  return stream;
}

inline Bytes zip_of(const std::vector<ZipEntry>& entries, const ZipForm& form = {}) {
  Bytes file, directory;
  for (const ZipEntry& e : entries) {
    const Bytes data = form.deflated ? deflated(e.content) : e.content;
    const std::size_t start = file.size();
    const auto common = [&](Bytes& header, bool known) {
      append(header, 20, 2);                       // version
      append(header, form.descriptor ? 8 : 0, 2);  // flags
      append(header, form.deflated ? 8 : 0, 2);    // method
      append(header, 0x00210000, 4);               // 1980-01-01
      append(header, known ? crc32_of(e.content) : 0, 4);
      append(header, known ? data.size() : 0, 4);
      append(header, known ? e.content.size() : 0, 4);
      append(header, e.name.size(), 2);
      append(header, 0, 2);  // extra field
    };
    file = joined(file, bytes_of("PK\x03\x04"));
    common(file, !form.descriptor);
    file = joined(joined(file, bytes_of(e.name)), data);
    if (form.descriptor) {
      file = joined(file, bytes_of("PK\x07\x08"));
      append(file, crc32_of(e.content), 4);
      append(file, data.size(), 4);
      append(file, e.content.size(), 4);
    }
    directory = joined(directory, bytes_of("PK\x01\x02"));
    append(directory, 20, 2);  // made by
    common(directory, true);
    append(directory, 0, 8);  // comment, disk, attributes inside
    append(directory, 0, 2);  // attributes outside
    append(directory, start, 4);
    directory = joined(directory, bytes_of(e.name));
  }
  const std::size_t start = file.size();
  file = joined(joined(file, directory), bytes_of("PK\x05\x06"));
  append(file, 0, 4);
  append(file, entries.size(), 2);
  append(file, entries.size(), 2);
  append(file, directory.size(), 4);
  append(file, start, 4);
  append(file, 0, 2);
  return file;
}

}  // namespace nv::test
