#include "nv/data/npz.h"

#include <unistd.h>
#include <zip.h>

#include <algorithm>
#include <array>
#include <map>
#include <mutex>
#include <set>

#include "nv/core/error.h"
#include "nv/core/mark.h"
#include "nv/core/text.h"
#include "nv/core/zip_writer.h"

namespace nv {

namespace {

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

Archive open_archive(const FileReader& file) {
  int code = 0;
  const int fd = ::dup(file.descriptor());
  zip_t* archive = fd < 0 ? nullptr : zip_fdopen(fd, 0, &code);
  if (archive == nullptr) {
    if (fd >= 0) ::close(fd);
    zip_error_t error;
    zip_error_init_with_code(&error, code);
    throw_input("{}: a damaged zip archive ({})", file.path(), message(error));
  }
  return Archive(archive);
}

/// An entry, unpacked as it is read. libzip checks its checksum when it is read beyond its end.
class EntryStream final : public ByteStream {
 public:
  EntryStream(zip_t* archive, zip_uint64_t index, std::string what) : what_(std::move(what)) {
    zip_stat_t info;
    zip_stat_init(&info);
    if (zip_stat_index(archive, index, 0, &info) == 0 && (info.valid & ZIP_STAT_SIZE) != 0) left_ = info.size;
    // Deflate packs at most 1032 to 1: a larger claim is wrong.
    if ((info.valid & ZIP_STAT_COMP_SIZE) != 0 && (info.valid & ZIP_STAT_COMP_METHOD) != 0 &&
        (info.comp_method == ZIP_CM_STORE || info.comp_method == ZIP_CM_DEFLATE))
      left_ =
          std::min<std::uint64_t>(left_, (std::min<std::uint64_t>(info.comp_size, 1ULL << 50) + 64) * 1032);
    entry_.reset(zip_fopen_index(archive, index, 0));
    if (entry_ == nullptr) throw_input("{}: cannot be unpacked ({})", what_, zip_strerror(archive));
  }

  std::size_t read(std::span<std::byte> into) override {
    std::size_t filled = 0;
    while (filled < into.size()) {
      const zip_int64_t n = zip_fread(entry_.get(), into.data() + filled, into.size() - filled);
      if (n < 0) throw_input("{}: damaged ({})", what_, zip_file_strerror(entry_.get()));
      if (n == 0) break;
      filled += static_cast<std::size_t>(n);
    }
    left_ -= std::min<std::uint64_t>(left_, filled);
    return filled;
  }
  std::uint64_t most() const override { return left_; }

 private:
  std::unique_ptr<zip_file_t, FileClose> entry_;
  std::string what_;
  std::uint64_t left_ = 0;
};

}  // namespace

struct NpzReader::State {
  std::string file;
  Bytes bytes;
  Archive archive;
  std::vector<std::string> names;
  std::map<std::string, zip_uint64_t> index;
  std::mutex mutex;  // libzip's archives must not be used by several threads at once

  std::string what(const std::string& name) const { return fmt::format("{}:{}", file, one_line(name)); }

  zip_uint64_t find(const std::string& name) const {
    const auto found = index.find(name);
    if (found == index.end())
      throw Error(
          ErrorKind::input, fmt::format("{}: holds no array '{}'", file, one_line(name)),
          fmt::format("it holds {}", shortened(one_line(fmt::format("{}", fmt::join(names, ", "))), 200)));
    return found->second;
  }

  /// Calls `read` with the entry, while no other thread uses the archive.
  template <typename Read>
  auto with_entry(const std::string& name, const Read& read) {
    const zip_uint64_t entry = find(name);
    const std::lock_guard lock(mutex);
    EntryStream stream(archive.get(), entry, what(name));
    HeadStream head(stream);
    return read(head, what(name));
  }

  void list_arrays() {
    for (zip_uint64_t i = 0; i < static_cast<zip_uint64_t>(zip_get_num_entries(archive.get(), 0)); ++i) {
      const char* entry = zip_get_name(archive.get(), i, ZIP_FL_ENC_GUESS);
      std::string name = entry == nullptr ? "" : entry;
      if (!name.ends_with(".npy")) continue;
      name.resize(name.size() - 4);
      if (index.emplace(name, i).second) names.push_back(name);
    }
    if (names.empty()) throw_input("{}: a zip archive without .npy files", file);
  }
};

NpzReader::NpzReader(Bytes bytes, std::string file) : state_(std::make_shared<State>()) {
  state_->file = std::move(file);
  state_->bytes = std::move(bytes);
  state_->archive = open_archive(state_->bytes, state_->file);
  state_->list_arrays();
}

NpzReader::NpzReader(std::shared_ptr<const FileReader> file) : state_(std::make_shared<State>()) {
  state_->file = file->path();
  state_->archive = open_archive(*file);
  state_->list_arrays();
}

const std::string& NpzReader::file() const {
  return state_->file;
}
const std::vector<std::string>& NpzReader::names() const {
  return state_->names;
}
bool NpzReader::contains(const std::string& name) const {
  return state_->index.contains(name);
}

NpyHeader NpzReader::header(const std::string& name) const {
  return state_->with_entry(
      name, [](HeadStream& entry, const std::string& what) { return npy_header(entry, what); });
}

NpyArray NpzReader::read(const std::string& name) const {
  return state_->with_entry(name, [](HeadStream& entry, const std::string& what) {
    NpyArray array = read_npy(entry, what);
    std::array<std::byte, 1> beyond{};
    entry.read(beyond);  // checks the checksum
    return array;
  });
}

Bytes pack_npz(std::span<const std::pair<std::string, Bytes>> files) {
  constexpr std::size_t most = 65535;
  if (files.size() > most)
    throw_output("{} arrays are too many for one .npz (at most {})", files.size(), most);
  std::set<std::string_view> seen;
  std::vector<ZipItem> items;
  items.reserve(files.size());
  for (const auto& [name, bytes] : files) {
    if (name.empty() || name.find('\0') != std::string::npos)
      throw_output("an array without a name in an .npz");
    if (!seen.insert(name).second) throw_output("two arrays named '{}' in one .npz", one_line(name));
    items.push_back({name + ".npy", bytes});
  }
  return encode_zip(items, {mark_value, 0644});
}

Bytes encode_npz(std::span<const std::pair<std::string, Tensor>> arrays) {
  std::vector<std::pair<std::string, Bytes>> files;
  files.reserve(arrays.size());
  for (const auto& [name, tensor] : arrays) files.emplace_back(name, encode_npy(tensor));
  return pack_npz(files);
}

}  // namespace nv
