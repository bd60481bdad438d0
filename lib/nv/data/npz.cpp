#include "nv/data/npz.h"

#include <zip.h>

#include <algorithm>
#include <map>
#include <mutex>
#include <set>

#include "nv/core/error.h"
#include "nv/core/mark.h"
#include "nv/core/text.h"

namespace nv {

namespace {

/// Bytes of one array when it is unpacked, where that is more than the archive itself has: a small archive
/// may hold far more than memory.
constexpr std::uint64_t largest_unpacked = std::uint64_t{1} << 32;

struct ZipDiscard {
  void operator()(zip_t* archive) const { zip_discard(archive); }
};
using Archive = std::unique_ptr<zip_t, ZipDiscard>;

struct FileClose {
  void operator()(zip_file_t* file) const { zip_fclose(file); }
};

std::string message(zip_error_t& error) {
  std::string text = zip_error_strerror(&error);
  zip_error_fini(&error);
  return text;
}

Archive open_archive(const Bytes& bytes, const std::string& file) {
  zip_error_t error;
  zip_error_init(&error);
  zip_source_t* source = zip_source_buffer_create(bytes.data(), bytes.size(), 0, &error);
  zip_t* archive = source == nullptr ? nullptr : zip_open_from_source(source, ZIP_RDONLY, &error);
  if (archive == nullptr) {
    if (source != nullptr) zip_source_free(source);
    throw_input("{}: a damaged zip archive ({})", file, message(error));
  }
  return Archive(archive);
}

/// The first `most` bytes of an entry, or all of it. Grows as data comes, so that a claimed size costs
/// nothing.
Bytes unpack(zip_t* archive, zip_uint64_t index, std::uint64_t most, const std::string& what) {
  const std::unique_ptr<zip_file_t, FileClose> entry(zip_fopen_index(archive, index, 0));
  if (entry == nullptr) throw_input("{}: cannot be unpacked ({})", what, zip_strerror(archive));
  constexpr std::size_t chunk = std::size_t{1} << 16;
  Bytes bytes;
  std::size_t filled = 0;
  while (filled < most) {
    if (filled == bytes.size())
      bytes.resize(static_cast<std::size_t>(std::min<std::uint64_t>(std::max(2 * filled, chunk), most)));
    const zip_int64_t n = zip_fread(entry.get(), bytes.data() + filled, bytes.size() - filled);
    if (n < 0) throw_input("{}: damaged ({})", what, zip_file_strerror(entry.get()));
    if (n == 0) break;
    filled += static_cast<std::size_t>(n);
  }
  bytes.resize(filled);
  return bytes;
}

}  // namespace

struct NpzReader::State {
  std::string file;
  Bytes bytes;
  Archive archive;
  std::vector<std::string> names;
  std::map<std::string, zip_uint64_t> index;
  std::mutex mutex;  // libzip's archives are not for several threads at once

  std::string what(const std::string& name) const { return fmt::format("{}:{}", file, one_line(name)); }

  zip_uint64_t find(const std::string& name) const {
    const auto found = index.find(name);
    if (found == index.end())
      throw Error(
          ErrorKind::input, fmt::format("{}: holds no array '{}'", file, one_line(name)),
          fmt::format("it holds {}", shortened(one_line(fmt::format("{}", fmt::join(names, ", "))), 200)));
    return found->second;
  }

  Bytes read(const std::string& name, std::uint64_t most) {
    const zip_uint64_t entry = find(name);
    const std::lock_guard lock(mutex);
    return unpack(archive.get(), entry, most, what(name));
  }
};

bool is_zip(std::span<const std::byte> bytes) {
  // The second is an archive without entries.
  return bytes.size() >= 4 && bytes[0] == std::byte{'P'} && bytes[1] == std::byte{'K'} &&
         ((bytes[2] == std::byte{3} && bytes[3] == std::byte{4}) ||
          (bytes[2] == std::byte{5} && bytes[3] == std::byte{6}));
}

NpzReader::NpzReader(Bytes bytes, std::string file) : state_(std::make_shared<State>()) {
  state_->file = std::move(file);
  state_->bytes = std::move(bytes);
  state_->archive = open_archive(state_->bytes, state_->file);
  zip_t* archive = state_->archive.get();
  for (zip_uint64_t i = 0; i < static_cast<zip_uint64_t>(zip_get_num_entries(archive, 0)); ++i) {
    const char* entry = zip_get_name(archive, i, ZIP_FL_ENC_GUESS);
    std::string name = entry == nullptr ? "" : entry;
    if (!name.ends_with(".npy")) continue;
    name.resize(name.size() - 4);
    if (state_->index.emplace(name, i).second) state_->names.push_back(name);
  }
  if (state_->names.empty()) throw_input("{}: a zip archive without .npy files", state_->file);
}

const std::vector<std::string>& NpzReader::names() const {
  return state_->names;
}
bool NpzReader::contains(const std::string& name) const {
  return state_->index.contains(name);
}

NpyHeader NpzReader::header(const std::string& name) const {
  constexpr std::uint64_t usual = 4096;
  constexpr std::uint64_t longest = (1U << 20) + 12;
  const std::string what = state_->what(name);
  try {
    return parse_npy_header(state_->read(name, usual), what);
  } catch (const Error&) {
    return parse_npy_header(state_->read(name, longest), what);
  }
}

NpyArray NpzReader::read(const std::string& name) const {
  const std::string what = state_->what(name);
  const NpyHeader header = this->header(name);
  const std::uint64_t wanted = header.data_offset + static_cast<std::uint64_t>(header.data_bytes());
  const std::uint64_t most = std::max<std::uint64_t>(largest_unpacked, state_->bytes.size());
  if (wanted > most) throw_input("{}: larger than {} bytes when unpacked", what, most);
  return parse_npy(state_->read(name, wanted + 1), what);  // one more: the checksum is tested at the end
}

namespace {

/// Gives a buffer that libzip made back to us after it closed the archive.
class ZipSink {
 public:
  ZipSink() {
    zip_error_t error;
    zip_error_init(&error);
    source_ = zip_source_buffer_create(nullptr, 0, 0, &error);
    archive_ =
        source_ == nullptr ? nullptr : zip_open_from_source(source_, ZIP_CREATE | ZIP_TRUNCATE, &error);
    if (archive_ == nullptr) {
      if (source_ != nullptr) zip_source_free(source_);
      throw_output("a zip archive cannot be made ({})", message(error));
    }
    zip_source_keep(source_);  // to read from it when the archive is closed
  }
  ~ZipSink() {
    if (archive_ != nullptr) zip_discard(archive_);
    zip_source_free(source_);
  }
  ZipSink(const ZipSink&) = delete;
  ZipSink& operator=(const ZipSink&) = delete;

  /// `bytes` must live until `finish`.
  void add(const std::string& name, const Bytes& bytes) {
    zip_source_t* entry = zip_source_buffer(archive_, bytes.data(), bytes.size(), 0);
    const zip_int64_t index =
        entry == nullptr ? -1 : zip_file_add(archive_, name.c_str(), entry, ZIP_FL_ENC_UTF_8);
    if (index < 0) {
      if (entry != nullptr) zip_source_free(entry);
      throw_output("array '{}' cannot be added to an .npz ({})", one_line(name), zip_strerror(archive_));
    }
    const auto at = static_cast<zip_uint64_t>(index);
    constexpr zip_uint16_t midnight = 0;
    constexpr zip_uint16_t first_of_1980 = 1 << 5 | 1;  // what Python's zipfile writes for want of a date
    zip_set_file_compression(archive_, at, ZIP_CM_STORE, 0);
    zip_file_set_dostime(archive_, at, midnight, first_of_1980, 0);
    zip_file_set_external_attributes(archive_, at, 0, ZIP_OPSYS_UNIX, 0100644U << 16);
  }

  Bytes finish() {
    zip_set_archive_comment(archive_, mark_value,
                            static_cast<zip_uint16_t>(std::string_view(mark_value).size()));
    if (zip_close(archive_) != 0) throw_output("a zip archive cannot be made ({})", zip_strerror(archive_));
    archive_ = nullptr;
    zip_stat_t stat;
    zip_stat_init(&stat);
    if (zip_source_open(source_) != 0) throw_output("a zip archive cannot be made");
    Bytes bytes;
    if (zip_source_stat(source_, &stat) == 0) bytes.resize(stat.size);
    const zip_int64_t n = zip_source_read(source_, bytes.data(), bytes.size());
    zip_source_close(source_);
    if (bytes.empty() || n != static_cast<zip_int64_t>(bytes.size()))
      throw_output("a zip archive cannot be made");
    return bytes;
  }

 private:
  zip_source_t* source_ = nullptr;
  zip_t* archive_ = nullptr;
};

}  // namespace

Bytes pack_npz(std::span<const std::pair<std::string, Bytes>> files) {
  constexpr std::size_t most = 65535;
  if (files.size() > most)
    throw_output("{} arrays are too many for one .npz (at most {})", files.size(), most);
  std::set<std::string_view> seen;
  ZipSink sink;
  for (const auto& [name, bytes] : files) {
    if (name.empty() || name.find('\0') != std::string::npos)
      throw_output("an array without a name in an .npz");
    if (!seen.insert(name).second) throw_output("two arrays named '{}' in one .npz", one_line(name));
    sink.add(name + ".npy", bytes);
  }
  return sink.finish();
}

Bytes encode_npz(std::span<const std::pair<std::string, Tensor>> arrays) {
  std::vector<std::pair<std::string, Bytes>> files;
  files.reserve(arrays.size());
  for (const auto& [name, tensor] : arrays) files.emplace_back(name, encode_npy(tensor));
  return pack_npz(files);
}

}  // namespace nv
