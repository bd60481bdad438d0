#include "nv/keras/archive/archive.h"

#include <zip.h>

#include <algorithm>

#include "nv/core/error.h"
#include "nv/core/interrupt.h"
#include "nv/core/memory.h"
#include "nv/core/text.h"
#include "nv/keras/archive/entry_data.h"

namespace nv {

namespace {

constexpr int stored = 0, deflated = 8;

std::string shown(const std::string& name) {
  return shortened(one_line(name), 100);
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
    throw_input("{}: {} is compressed by a method that is not supported (number {})", file_->path(),
                shown(name), e.method);
  // Deflate compresses at most about 1000 to 1.
  if (e.size > (std::uint64_t{1} << 36) || e.size / 1100 > e.data.size + 1024)
    throw_input("{}: {} claims to hold {} bytes", file_->path(), shown(name), e.size);
  check_memory(e.size, fmt::format("{}: {}", file_->path(), shown(name)));
  Bytes bytes(static_cast<std::size_t>(e.size));
  bool whole = false;
  if (e.method == deflated) {
    whole = inflate_part(*file_, e.data, bytes) == Inflated::whole;
  } else if (e.size == e.data.size) {
    file_->read(e.data.offset, bytes);
    whole = true;
  }
  if (!whole || checksum_of(bytes) != e.checksum)
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
    throw_input("{}: {} is damaged: its checksum is wrong", file_->path(), shown(name));
}

std::string libzip_version() {
  return zip_libzip_version();
}

}  // namespace nv
