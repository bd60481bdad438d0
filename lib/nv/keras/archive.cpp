#include "nv/keras/archive.h"

#include <zip.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <functional>

#include "nv/core/error.h"
#include "nv/core/text.h"

namespace nv {

namespace {

/// A little-endian number of two bytes.
std::size_t two_bytes(std::span<const std::byte> at) {
  return std::to_integer<std::size_t>(at[0]) | std::to_integer<std::size_t>(at[1]) << 8;
}

/// Where the data behind the local header of `entry` begins (PKWARE's APPNOTE, 4.3.7), which libzip does not
/// tell.
std::optional<std::uint64_t> data_after_header(std::span<const std::byte> archive, const std::string& entry) {
  constexpr std::array<std::byte, 4> signature{std::byte{'P'}, std::byte{'K'}, std::byte{3}, std::byte{4}};
  constexpr std::size_t fixed = 30;
  const std::boyer_moore_horspool_searcher header(signature.begin(), signature.end());
  for (auto at = archive.begin();; ++at) {
    at = std::search(at, archive.end(), header);
    const auto here = archive.subspan(static_cast<std::size_t>(at - archive.begin()));
    if (here.size() < fixed + entry.size()) return std::nullopt;
    const std::size_t name = two_bytes(here.subspan(26)), extra = two_bytes(here.subspan(28));
    if (name != entry.size() || std::memcmp(here.data() + fixed, entry.data(), name) != 0) continue;
    return static_cast<std::uint64_t>(at - archive.begin()) + fixed + name + extra;
  }
}

}  // namespace

struct Archive::State {
  std::string file;
  zip_t* zip = nullptr;
};

Archive::Archive(const std::string& file) : state_(std::make_unique<State>()) {
  state_->file = file;
  int code = 0;
  state_->zip = zip_open(file.c_str(), ZIP_RDONLY, &code);
  if (state_->zip == nullptr)
    throw_input("{}: damaged zip archive (truncated, or its directory is broken)", file);
}

Archive::~Archive() {
  zip_discard(state_->zip);
}

bool Archive::contains(const std::string& entry) const {
  return zip_name_locate(state_->zip, entry.c_str(), 0) >= 0;
}

std::optional<std::string> Archive::folder_of(const std::string& name) const {
  if (contains(name)) return "";
  std::optional<std::string> folder;
  for (const std::string& entry : entries()) {
    if (entry.size() <= name.size() || !entry.ends_with(name)) continue;
    const std::string before = entry.substr(0, entry.size() - name.size());
    if (before.back() != '/' && before.back() != '\\') continue;
    if (folder) return std::nullopt;
    folder = before;
  }
  return folder;
}

std::vector<std::string> Archive::entries() const {
  std::vector<std::string> names;
  for (zip_int64_t i = 0; i < zip_get_num_entries(state_->zip, 0); ++i)
    if (const char* name = zip_get_name(state_->zip, static_cast<zip_uint64_t>(i), 0))
      names.emplace_back(name);
  return names;
}

Bytes Archive::read(const std::string& entry) const {
  zip_stat_t info;
  zip_stat_init(&info);
  if (zip_stat(state_->zip, entry.c_str(), 0, &info) != 0)
    throw_input("{}: {} is missing in the archive", state_->file, entry);
  // Deflate packs at most about 1000 to 1: a larger claim is not a model.
  if (info.size > (zip_uint64_t{1} << 36) || info.size / 1100 > info.comp_size + 1024)
    throw_input("{}: {} claims to hold {} bytes", state_->file, entry, info.size);
  zip_file_t* file = zip_fopen(state_->zip, entry.c_str(), 0);
  if (file == nullptr)
    throw_input("{}: {} cannot be read: {}", state_->file, entry, zip_strerror(state_->zip));
  Bytes bytes(static_cast<std::size_t>(info.size));
  std::size_t done = 0;
  while (done < bytes.size()) {
    const zip_int64_t n = zip_fread(file, bytes.data() + done, bytes.size() - done);
    if (n <= 0) break;
    done += static_cast<std::size_t>(n);
  }
  // libzip compares the checksum when it meets the end, one read past the last byte.
  std::byte beyond{};
  const bool whole = done == bytes.size() && zip_fread(file, &beyond, 1) == 0;
  zip_fclose(file);
  if (!whole) throw_input("{}: {} is damaged or truncated", state_->file, entry);
  return bytes;
}

std::optional<Extent> Archive::stored_at(const std::string& entry) const {
  zip_stat_t info;
  zip_stat_init(&info);
  if (zip_stat(state_->zip, entry.c_str(), 0, &info) != 0) return std::nullopt;
  if (info.comp_method != ZIP_CM_STORE || info.encryption_method != ZIP_EM_NONE) return std::nullopt;
  FileReader file(state_->file);
  const auto offset = data_after_header(file.map({0, file.size()}), entry);
  if (!offset || *offset > file.size() || info.size > file.size() - *offset) return std::nullopt;
  return Extent{*offset, info.size};
}

std::string libzip_version() {
  return zip_libzip_version();
}

}  // namespace nv
