#include "nv/keras/archive/zip_directory.h"

#include <algorithm>
#include <optional>
#include <span>

#include "nv/core/bytes.h"
#include "nv/core/error.h"
#include "nv/core/interrupt.h"
#include "nv/core/memory.h"
#include "nv/core/text.h"

namespace nv {

namespace {

constexpr std::uint32_t local_mark = 0x04034b50, central_mark = 0x02014b50, end_mark = 0x06054b50,
                        end64_mark = 0x06064b50, locator_mark = 0x07064b50;
constexpr std::uint64_t local_size = 30, central_size = 46, end_size = 22, end64_size = 56, locator_size = 20;
constexpr std::uint64_t full16 = 0xffff, full32 = 0xffffffff;  // the number is in the ZIP64 field
constexpr std::uint64_t longest_comment = 0xffff;

[[noreturn]] void damaged(const FileReader& file, const std::string& what) {
  throw_input("{}: damaged zip archive ({})", file.path(), what);
}

/// A record of little-endian numbers at fixed offsets.
class Record {
 public:
  explicit Record(std::span<const std::byte> bytes) : bytes_(bytes) {}
  std::uint64_t two(std::size_t at) const { return little_endian(bytes_, at, 2); }
  std::uint64_t four(std::size_t at) const { return little_endian(bytes_, at, 4); }
  std::uint64_t eight(std::size_t at) const { return little_endian(bytes_, at, 8); }
  std::string text(std::size_t at, std::size_t size) const {
    return std::string(as_text(bytes_.subspan(at, size)));
  }

 private:
  std::span<const std::byte> bytes_;
};

Bytes read_at(const FileReader& file, std::uint64_t at, std::uint64_t size) {
  Bytes bytes(static_cast<std::size_t>(size));
  file.read(at, bytes);
  return bytes;
}

struct Directory {
  std::uint64_t entries = 0, size = 0, offset = 0;
};

/// Offset of the record that ends the archive: its comment reaches to the end of the file.
std::uint64_t find_end(const FileReader& file) {
  const std::uint64_t size = file.size();
  if (size < end_size) damaged(file, "truncated, or its directory is broken");
  const std::uint64_t from = size - std::min(size, end_size + longest_comment);
  const Bytes tail = read_at(file, from, size - from);
  const Record record(tail);
  std::optional<std::uint64_t> found;
  for (std::size_t at = 0; at + end_size <= tail.size(); ++at) {
    if (tail[at] != std::byte{'P'} || record.four(at) != end_mark) continue;
    if (at + end_size + record.two(at + 20) != tail.size()) continue;
    if (found) damaged(file, "it has two ends");
    found = from + at;
  }
  if (!found) damaged(file, "truncated, or its directory is broken");
  return *found;
}

/// Takes numbers of the ZIP64 record, if there is one, and sets `directory_end` to its offset.
void read_end64(const FileReader& file, std::uint64_t end, Directory& d, std::uint64_t& directory_end) {
  const bool wanted = d.entries == full16 || d.size == full32 || d.offset == full32;
  if (end < locator_size + end64_size) return;
  const Bytes locator_bytes = read_at(file, end - locator_size, locator_size);
  const Record locator(locator_bytes);
  if (locator.four(0) != locator_mark) return;
  const std::uint64_t at = locator.eight(8);
  if (at > end - locator_size - end64_size) damaged(file, "its ZIP64 record is misplaced");
  const Bytes bytes = read_at(file, at, end64_size);
  const Record r(bytes);
  if (r.four(0) != end64_mark || r.eight(4) != end - locator_size - at - 12)
    damaged(file, "its ZIP64 record is misplaced");
  const Directory large{r.eight(32), r.eight(40), r.eight(48)};
  const auto agree = [](std::uint64_t small, std::uint64_t all, std::uint64_t full) {
    return small == all || small == full;
  };
  if (r.eight(24) != large.entries || (wanted && r.four(16) != 0) ||
      !agree(d.entries, large.entries, full16) || !agree(d.size, large.size, full32) ||
      !agree(d.offset, large.offset, full32))
    damaged(file, "its two directories differ");
  d = large;
  directory_end = at;
}

Directory find_directory(const FileReader& file) {
  const std::uint64_t end = find_end(file);
  const Bytes bytes = read_at(file, end, end_size);
  const Record r(bytes);
  Directory d{r.two(10), r.four(12), r.four(16)};
  if (r.two(4) != 0 || r.two(6) != 0 || r.two(8) != d.entries)
    damaged(file, "one of several parts, which are not supported");
  std::uint64_t directory_end = end;
  read_end64(file, end, d, directory_end);
  // Bytes before the archive or after its directory would make programs disagree about what offsets count
  // from.
  if (d.size > directory_end || d.offset != directory_end - d.size || d.entries > d.size / central_size)
    damaged(file, "its directory is misplaced");
  return d;
}

/// Replaces the sizes and the offset that do not fit into an entry's header by those of its ZIP64 field.
void read_extra64(const FileReader& file, const Record& extra, std::size_t size, ArchiveEntry& e) {
  for (std::size_t at = 0; at + 4 <= size;) {
    const std::size_t length = extra.two(at + 2);
    if (length > size - at - 4) return;
    if (extra.two(at) == 1) {
      std::size_t next = at + 4;
      for (std::uint64_t* n : {&e.size, &e.data.size, &e.data.offset}) {
        if (*n != full32) continue;
        if (next + 8 > at + 4 + length) damaged(file, "a ZIP64 field is too short");
        *n = extra.eight(next);
        next += 8;
      }
      return;
    }
    at += 4 + length;
  }
}

/// Reads an entry's local header, after which its data begin.
void read_local(const FileReader& file, std::uint64_t limit, const Record& central, ArchiveEntry& e) {
  const auto misplaced = [&] {
    damaged(file, fmt::format("{} is not where the directory says", shortened(one_line(e.name), 60)));
  };
  if (e.data.offset > limit || limit - e.data.offset < local_size) misplaced();
  const Bytes bytes = read_at(file, e.data.offset, local_size);
  const Record r(bytes);
  const std::uint64_t name = r.two(26), extra = r.two(28);
  if (r.four(0) != local_mark || limit - e.data.offset - local_size < name + extra) misplaced();
  const Bytes text = read_at(file, e.data.offset + local_size, name);
  e.local_name = Record(text).text(0, text.size());
  // Sizes and checksum may follow the data instead (bit 3), sizes may be in a ZIP64 field.
  const bool deferred = (r.two(6) & 8) != 0;
  const auto differs = [&](std::size_t at, std::uint64_t expected) {
    return r.four(at) != expected && r.four(at) != full32 && !(deferred && r.four(at) == 0);
  };
  if (r.two(8) != central.two(10) || (r.two(6) & 1) != (central.two(8) & 1) || differs(14, e.checksum) ||
      differs(18, e.data.size) || differs(22, e.size))
    damaged(file, fmt::format("the two headers of {} differ", shortened(one_line(e.name), 60)));
  e.data.offset += local_size + name + extra;
  if (e.data.size > limit - e.data.offset) misplaced();
}

}  // namespace

std::vector<ArchiveEntry> read_zip_directory(const FileReader& file) {
  const Directory d = find_directory(file);
  check_memory(3 * d.size, file.path());
  const Bytes bytes = read_at(file, d.offset, d.size);
  std::vector<ArchiveEntry> entries;
  entries.reserve(static_cast<std::size_t>(d.entries));
  std::size_t at = 0;
  for (std::uint64_t i = 0; i < d.entries; ++i) {
    if (i % 1024 == 0) check_interrupt();
    const auto rest = std::span(bytes).subspan(at);
    const Record r(rest);
    if (rest.size() < central_size || r.four(0) != central_mark) damaged(file, "its directory is broken");
    const std::size_t name = r.two(28), extra = r.two(30), comment = r.two(32);
    if (rest.size() - central_size < name + extra + comment) damaged(file, "its directory is broken");
    ArchiveEntry& e = entries.emplace_back();
    e.name = r.text(central_size, name);
    e.method = static_cast<int>(r.two(10));
    e.encrypted = (r.two(8) & 1) != 0;
    e.checksum = static_cast<std::uint32_t>(r.four(16));
    e.size = r.four(24);
    e.data = {r.four(42), r.four(20)};
    read_extra64(file, Record(rest.subspan(central_size + name)), extra, e);
    read_local(file, d.offset, r, e);
    at += central_size + name + extra + comment;
  }
  if (at != bytes.size()) damaged(file, "its directory is broken");
  return entries;
}

}  // namespace nv
