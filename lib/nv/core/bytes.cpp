#include "nv/core/bytes.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace nv {

namespace {

/// `read(offset)` returns the bytes at an offset, as many as the signature has.
template <typename Read>
std::optional<std::uint64_t> find_signature(std::uint64_t size, const Read& read) {
  for (std::uint64_t at = 0; at + hdf5_signature.size() <= size; at = at == 0 ? 512 : at * 2)
    if (starts_with(read(at), hdf5_signature)) return at;
  return std::nullopt;
}

}  // namespace

std::string_view as_text(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

Bytes to_bytes(std::string_view text) {
  const auto view = std::as_bytes(std::span(text.data(), text.size()));
  return {view.begin(), view.end()};
}

bool starts_with(std::span<const std::byte> bytes, std::string_view prefix) {
  return as_text(bytes).starts_with(prefix);
}

std::uint64_t little_endian(std::span<const std::byte> bytes, std::size_t offset, std::size_t size) {
  std::uint64_t value = 0;
  for (std::size_t i = size; i-- > 0;) value = value << 8 | std::to_integer<std::uint64_t>(bytes[offset + i]);
  return value;
}

bool is_zip(std::span<const std::byte> head) {
  return starts_with(head, "PK\x03\x04") || starts_with(head, "PK\x05\x06");
}

std::optional<std::uint64_t> find_hdf5(std::span<const std::byte> bytes) {
  return find_signature(bytes.size(), [&](std::uint64_t at) {
    return bytes.subspan(static_cast<std::size_t>(at), hdf5_signature.size());
  });
}

std::optional<std::uint64_t> find_hdf5(const FileReader& file, const Extent& part) {
  std::array<std::byte, hdf5_signature.size()> here{};
  return find_signature(part.size, [&](std::uint64_t at) -> std::span<const std::byte> {
    file.read(part.offset + at, here);
    return here;
  });
}

bool is_hdf5(const FileReader& file) {
  return find_hdf5(file, {0, file.size()}).has_value();
}

std::string ascii_lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return lower;
}

std::uint64_t hash_bytes(std::span<const std::byte> bytes) {
  std::uint64_t h = 0xcbf29ce484222325ULL;
  for (std::byte b : bytes) h = (h ^ static_cast<std::uint64_t>(b)) * 0x100000001b3ULL;
  return h;
}

}  // namespace nv
