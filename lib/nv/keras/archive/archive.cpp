#include "nv/keras/archive/archive.h"

#include <zip.h>
#include <zlib.h>

#include <algorithm>

#include "nv/core/error.h"
#include "nv/core/interrupt.h"
#include "nv/core/memory.h"
#include "nv/core/text.h"

namespace nv {

namespace {

constexpr int stored = 0, deflated = 8;
constexpr std::size_t piece = std::size_t{1} << 18;

std::string shown(const std::string& name) {
  return shortened(one_line(name), 100);
}

std::uint32_t checksum(std::uint32_t before, std::span<const std::byte> bytes) {
  return static_cast<std::uint32_t>(
      crc32_z(before, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size()));
}

/// The bytes of a part of a file, `piece` at a time.
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

/// Unpacks into `into`, no further. False where the data are damaged, or make more or less.
bool inflate_into(const FileReader& file, const Extent& part, std::span<std::byte> into) {
  struct Stream : z_stream {
    Stream() : z_stream{} { state_ok = inflateInit2(this, -MAX_WBITS) == Z_OK; }
    ~Stream() { inflateEnd(this); }
    Stream(const Stream&) = delete;
    Stream& operator=(const Stream&) = delete;
    bool state_ok = false;
  } stream;
  if (!stream.state_ok) throw std::bad_alloc();
  std::size_t made = 0;
  bool ended = false, good = true;
  for_pieces(file, part, [&](std::span<const std::byte> some) {
    good = good && !ended;  // nothing may follow the end
    stream.next_in = const_cast<Bytef*>(reinterpret_cast<const Bytef*>(some.data()));
    stream.avail_in = static_cast<uInt>(some.size());
    while (good && !ended && stream.avail_in > 0) {
      Bytef beyond = 0;  // zlib wants room for a byte even where none is due
      const std::size_t room = std::min(into.size() - made, std::size_t{1} << 30);
      stream.next_out = room == 0 ? &beyond : reinterpret_cast<Bytef*>(into.data()) + made;
      stream.avail_out = room == 0 ? 1 : static_cast<uInt>(room);
      const int result = inflate(&stream, Z_NO_FLUSH);
      const std::size_t here = (room == 0 ? 1 : room) - stream.avail_out;
      ended = result == Z_STREAM_END;
      good = (result == Z_OK || ended) && here <= room;
      made += here;
    }
    good = good && stream.avail_in == 0;
  });
  return good && ended && made == into.size();
}

}  // namespace

Archive::Archive(std::shared_ptr<FileReader> file)
    : file_(std::move(file)), entries_(read_zip_directory(*file_)) {
  for (const ArchiveEntry& e : entries_) {
    if (e.name != e.local_name)
      throw_input("{}: damaged zip archive (entry {} is named {} in its own header)", file_->path(),
                  shown(e.name), shown(e.local_name));
    if (!by_name_.emplace(e.name, &e).second)
      throw_input("{}: damaged zip archive (it has two entries named {})", file_->path(), shown(e.name));
  }
}

std::optional<std::string> Archive::folder_of(const std::string& name) const {
  if (contains(name)) return "";
  std::optional<std::string> folder;
  for (const ArchiveEntry& e : entries_) {
    if (e.name.size() <= name.size() || !e.name.ends_with(name)) continue;
    const std::string before = e.name.substr(0, e.name.size() - name.size());
    if (before.back() != '/' && before.back() != '\\') continue;
    if (folder) return std::nullopt;
    folder = before;
  }
  return folder;
}

const ArchiveEntry& Archive::entry(const std::string& name) const {
  const auto at = by_name_.find(name);
  if (at == by_name_.end()) throw_input("{}: {} is missing in the archive", file_->path(), shown(name));
  return *at->second;
}

Bytes Archive::read(const std::string& name) const {
  const ArchiveEntry& e = entry(name);
  if (e.encrypted) throw_input("{}: {} is encrypted", file_->path(), shown(name));
  if (e.method != stored && e.method != deflated)
    throw_input("{}: {} is packed by a method that is not supported (number {})", file_->path(), shown(name),
                e.method);
  // Deflate packs at most about 1000 to 1: a larger claim is not a model.
  if (e.size > (std::uint64_t{1} << 36) || e.size / 1100 > e.data.size + 1024)
    throw_input("{}: {} claims to hold {} bytes", file_->path(), shown(name), e.size);
  check_memory(e.size, fmt::format("{}: {}", file_->path(), shown(name)));
  Bytes bytes(static_cast<std::size_t>(e.size));
  bool whole = e.method == deflated || e.size == e.data.size;
  if (whole && e.method == stored) file_->read(e.data.offset, bytes);
  if (whole && e.method == deflated) whole = inflate_into(*file_, e.data, bytes);
  if (!whole || checksum(0, bytes) != e.checksum)
    throw_input("{}: {} is damaged or truncated", file_->path(), shown(name));
  return bytes;
}

std::optional<Extent> Archive::stored_at(const std::string& name) const {
  const auto at = by_name_.find(name);
  if (at == by_name_.end()) return std::nullopt;
  const ArchiveEntry& e = *at->second;
  if (e.method != stored || e.encrypted || e.size != e.data.size) return std::nullopt;
  return e.data;
}

void Archive::check(const std::string& name) const {
  const ArchiveEntry& e = entry(name);
  if (checksum_of(*file_, e.data) != e.checksum)
    throw_input("{}: {} is damaged: its checksum is another one", file_->path(), shown(name));
}

std::uint32_t checksum_of(const FileReader& file, const Extent& part) {
  std::uint32_t sum = 0;
  for_pieces(file, part, [&](std::span<const std::byte> some) { sum = checksum(sum, some); });
  return sum;
}

std::string libzip_version() {
  return zip_libzip_version();
}

}  // namespace nv
