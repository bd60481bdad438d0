#include "nv/keras/audit/zip.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "nv/core/bytes.h"
#include "nv/core/memory.h"

namespace nv {

namespace {

constexpr std::size_t entry_size = 46, end_record_size = 22;

/// Offset of the record at the end, searched backwards: a comment may follow it.
std::optional<std::uint64_t> find_end(const AuditPart& zip) {
  constexpr std::uint64_t most_comment = 0xffff;
  if (zip.size() < end_record_size) return std::nullopt;
  const std::uint64_t first = zip.size() - std::min(zip.size(), end_record_size + most_comment);
  const Bytes tail = zip.read(first, zip.size() - first);
  for (std::size_t at = tail.size() - end_record_size + 1; at-- > 0;)
    if (starts_with(std::span(tail).subspan(at), "PK\x05\x06")) return first + at;
  return std::nullopt;
}

/// A line of the directory and its size; nullopt if it is none.
std::optional<std::pair<ZipEntry, std::size_t>> read_entry(std::span<const std::byte> line,
                                                           std::uint64_t before) {
  if (line.size() < entry_size || !starts_with(line, "PK\x01\x02")) return std::nullopt;
  const std::size_t name = little_endian(line, 28, 2), extra = little_endian(line, 30, 2),
                    comment = little_endian(line, 32, 2);
  if (line.size() - entry_size < name + extra + comment) return std::nullopt;
  ZipEntry e;
  e.name.assign(reinterpret_cast<const char*>(line.data()) + entry_size, name);
  e.flags = little_endian(line, 8, 2);
  e.method = little_endian(line, 10, 2);
  e.checksum = little_endian(line, 16, 4);
  e.packed = little_endian(line, 20, 4);
  e.size = little_endian(line, 24, 4);
  e.mode = little_endian(line, 38, 4) >> 16;
  e.header = little_endian(line, 42, 4);
  read_zip64(line.subspan(entry_size + name, extra), e);
  e.header += before;
  return std::pair{std::move(e), entry_size + name + extra + comment};
}

}  // namespace

void read_zip64(std::span<const std::byte> extra, ZipEntry& entry) {
  while (extra.size() >= 4) {
    const std::size_t id = little_endian(extra, 0, 2),
                      size = std::min<std::size_t>(little_endian(extra, 2, 2), extra.size() - 4);
    std::span<const std::byte> body = extra.subspan(4, size);
    if (id == 1)
      for (std::uint64_t* value : {&entry.size, &entry.packed, &entry.header})
        if (*value == 0xffffffffU && body.size() >= 8) {
          *value = little_endian(body, 0, 8);
          body = body.subspan(8);
        }
    extra = extra.subspan(4 + size);
  }
}

std::optional<ZipListing> list_zip(const AuditPart& zip) {
  const auto end = find_end(zip);
  if (!end) return std::nullopt;
  const Bytes record = zip.read(*end, end_record_size),
              locator = zip.read(*end - std::min<std::uint64_t>(*end, 20), 20);
  ZipListing d;
  std::uint64_t count = little_endian(record, 10, 2), size = little_endian(record, 12, 4),
                offset = little_endian(record, 16, 4);
  std::uint64_t before_end = *end;
  d.after =
      zip.size() - std::min<std::uint64_t>(zip.size(), *end + end_record_size + little_endian(record, 20, 2));
  if (*end >= 20 && starts_with(locator, "PK\x06\x07")) {
    const std::uint64_t at = little_endian(locator, 8, 8);
    const Bytes wide = zip.read(at, 56);
    if (wide.size() == 56 && starts_with(wide, "PK\x06\x06")) {
      count = little_endian(wide, 32, 8);
      size = little_endian(wide, 40, 8);
      offset = little_endian(wide, 48, 8);
      before_end = at;
    }
  }
  if (size > before_end || offset > before_end - size) return std::nullopt;
  d.begin = before_end - size;
  d.before = d.begin - offset;
  check_memory(size, fmt::format("{}: its directory", zip.file().path()));
  const Bytes lines = zip.read(d.begin, size);
  std::span<const std::byte> rest(lines);
  while (d.entries.size() < count) {
    auto entry = read_entry(rest, d.before);
    if (!entry) break;
    rest = rest.subspan(entry->second);
    d.entries.push_back(std::move(entry->first));
  }
  d.whole = d.entries.size() == count && rest.empty();
  return d;
}

}  // namespace nv
