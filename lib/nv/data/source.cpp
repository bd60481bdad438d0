#include "nv/data/source.h"

#include <algorithm>
#include <array>
#include <filesystem>

#include "nv/core/bytes.h"
#include "nv/core/memory.h"
#include "nv/data/gzip.h"
#include "nv/data/idx.h"

namespace nv {

namespace {

/// Whether an array is a list of pictures: 3 axes, or a fourth for channels.
bool holds_pictures(const Shape& shape, ScalarType type) {
  if (type != ScalarType::uint8 || shape.rank() < 3 || shape.rank() > 4 || shape.elements() == 0)
    return false;
  return shape.rank() == 3 || shape[3] == 1 || shape[3] == 3 || shape[3] == 4;
}

/// Whether the size of the file is that of its IDX header: a CIFAR file can begin like IDX.
bool idx_of_size(std::span<const std::byte> head, std::uint64_t file_size, const std::string& file) {
  if (!is_idx(head) || head.size() < 4 + 4 * std::to_integer<std::size_t>(head[3])) return false;
  const IdxHeader header = parse_idx_header(head, file);
  return header.data_offset +
             static_cast<std::uint64_t>(header.shape.elements() * scalar_bytes(header.type)) ==
         file_size;
}

Source idx_source(StoredArray array, const std::string& file) {
  if (array.shape().rank() == 1)
    throw Error(ErrorKind::input, fmt::format("{}: holds labels, not inputs", file),
                fmt::format("true labels are given by --truth {}", file));
  if (holds_pictures(array.shape(), array.type())) return IdxSource{std::move(array)};
  return ArraySource{std::move(array)};
}

[[noreturn]] void refuse(std::span<const std::byte> head, const std::string& file) {
  if (find_hdf5(head)) throw_input("{}: an HDF5 file (a model?), not an input", file);
  if (const std::string_view format = other_image_format(head); !format.empty())
    throw Error(ErrorKind::input, fmt::format("{}: a {} picture, which nv does not read", file, format),
                "save it as PNG or JPEG");
  if (is_idx(head)) parse_idx_header(head, file);  // throws what is wrong with it
  throw Error(
      ErrorKind::input, fmt::format("{}: not an image, an array or a data set", file),
      "inputs are PNG, JPEG, WebP, BMP, GIF, TGA, PSD, HDR, PNM, .npy, .npz, MNIST IDX and CIFAR files");
}

/// Whether a file cannot be read twice. Devices are not read at all, since they may never end.
bool is_stream(const std::string& path) {
  namespace fs = std::filesystem;
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  return path == "-" || fs::is_fifo(status);
}

/// Enough to recognise each kind of file, and HDF5 after a user block.
constexpr std::size_t head_size = 4096;

/// The bytes of an input: in a file, or in memory if they come from a pipe.
struct Origin {
  std::string path;
  std::shared_ptr<const FileReader> file;
  Bytes bytes;  ///< if there is no file

  std::uint64_t size() const { return file != nullptr ? file->size() : bytes.size(); }
  std::unique_ptr<ByteStream> stream() const {
    if (file != nullptr) return std::make_unique<FileStream>(*file);
    return std::make_unique<MemoryStream>(bytes);
  }
  std::uint64_t gzip_guess() const {
    if (file == nullptr) return claimed_size(bytes);
    std::array<std::byte, 4> last{};
    if (file->size() >= 4) file->read(file->size() - 4, last);
    return claimed_size(last);
  }
};

Source cifar_or_nothing(Bytes bytes, const std::string& file) {
  if (!CifarRecords::fits(bytes)) refuse(bytes, file);
  auto kept = std::make_shared<const Bytes>(std::move(bytes));
  const CifarRecords records(*kept, file);
  return CifarSource{std::move(kept), records};
}

/// Opens gzipped content. Of an array, only as many bytes as its header claims are unpacked.
Source packed_source(const Origin& origin) {
  const std::string& file = origin.path;
  const std::unique_ptr<ByteStream> packed = origin.stream();
  GunzipStream unpacked(*packed, file);
  HeadStream stream(unpacked);
  const std::span<const std::byte> head = stream.head(head_size);
  if (head.empty()) throw_input("{}: is empty", file);
  const bool image = !image_format(head, file).empty();
  if (is_npy(head) || (!image && is_idx(head))) {
    const bool npy = is_npy(head);
    StoredArray array(npy ? read_npy(stream, file) : read_idx(stream, file));
    std::array<std::byte, 1> beyond{};  // reading it checks the checksum
    if (stream.read(beyond) > 0) throw_input("{}: holds more than the array that its header describes", file);
    return npy ? Source(ArraySource{std::move(array)}) : idx_source(std::move(array), file);
  }
  if (!image && !is_zip(head) && !CifarRecords::may_begin(head)) refuse(head, file);
  const bool zip = is_zip(head);
  Bytes bytes = read_rest(stream, file, std::uint64_t{1} << 34, origin.gzip_guess());
  if (image) return ImageSource{std::move(bytes), file};
  if (zip) return ArchiveSource(NpzReader(std::move(bytes), file));
  return cifar_or_nothing(std::move(bytes), file);
}

/// An array in C order from `offset` on, which stays in the file.
StoredArray array_in_place(const Origin& origin, const Shape& shape, ScalarType type, bool big_endian,
                           std::size_t offset) {
  return {origin.file, shape, type, big_endian && scalar_bytes(type) > 1, offset};
}

Source open_origin(Origin origin) {
  const std::string& file = origin.path;
  const std::unique_ptr<ByteStream> plain = origin.stream();
  HeadStream stream(*plain);
  const std::span<const std::byte> head = stream.head(head_size);
  if (head.empty()) throw_input("{}: is empty", file);
  if (is_gzip(head)) return packed_source(origin);
  const bool image = !image_format(head, file).empty();
  if (!image && is_npy(head)) {
    const NpyHeader header = npy_header(stream, file);
    if (origin.file == nullptr || (header.fortran_order && header.shape.rank() > 1))
      return ArraySource{StoredArray(read_npy(stream, file))};
    return ArraySource{
        array_in_place(origin, header.shape, header.type, header.big_endian, header.data_offset)};
  }
  if (!image && is_zip(head))
    return ArchiveSource(origin.file != nullptr ? NpzReader(origin.file)
                                                : NpzReader(std::move(origin.bytes), file));
  if (!image && idx_of_size(head, origin.size(), file)) {
    if (origin.file == nullptr) return idx_source(StoredArray(read_idx(stream, file)), file);
    const IdxHeader header = parse_idx_header(head, file);
    return idx_source(array_in_place(origin, header.shape, header.type, true, header.data_offset), file);
  }
  if (!image && (!CifarRecords::may_begin(head) || !CifarRecords::fits_size(origin.size()))) {
    if (is_idx(head)) read_idx(stream, file);  // throws what is wrong with it
    refuse(head, file);
  }
  Bytes bytes = std::move(origin.bytes);
  if (origin.file != nullptr) {
    check_memory(origin.size(), file);
    bytes = read_rest(stream, file, origin.size(), origin.size());
  }
  if (image) return ImageSource{std::move(bytes), file};
  return cifar_or_nothing(std::move(bytes), file);
}

/// Pipes are only read if the user named them.
bool is_stream(const FileName& name) {
  return name.reach == FileName::Reach::any && is_stream(name.path);
}

std::string key_of(const FileName& name) {
  return fmt::format("{}{}", static_cast<int>(name.reach), name.path);
}

}  // namespace

std::shared_ptr<const StoredArray> ArchiveSource::array(const std::string& name) const {
  const std::lock_guard lock(unpacked_->mutex);
  std::shared_ptr<const StoredArray>& array = unpacked_->arrays[name];
  if (array != nullptr) return array;
  if (const auto failed = unpacked_->failures.find(name); failed != unpacked_->failures.end())
    throw Error(failed->second);
  try {
    const auto bytes = static_cast<std::uint64_t>(reader_.header(name).data_bytes());
    check_memory(unpacked_->bytes + bytes, fmt::format("{}: its arrays, unpacked", reader_.file()));
    array = std::make_shared<const StoredArray>(reader_.read(name));
    unpacked_->bytes += bytes;
  } catch (const Error& e) {
    unpacked_->failures.emplace(name, e);
    throw;
  }
  return array;
}

Source open_source(Bytes bytes, const std::string& file) {
  return open_origin({file, nullptr, std::move(bytes)});
}

Source open_source(std::shared_ptr<const FileReader> file) {
  const std::string path = file->path();
  return open_origin({path, std::move(file), {}});
}

std::optional<std::int64_t> picture_count(const Source& source) {
  if (std::holds_alternative<ImageSource>(source)) return 1;
  if (const auto* idx = std::get_if<IdxSource>(&source)) return idx->array.shape()[0];
  if (const auto* cifar = std::get_if<CifarSource>(&source)) return cifar->records.size();
  return std::nullopt;
}

Picture picture(const Source& source, std::int64_t i) {
  if (const auto* image = std::get_if<ImageSource>(&source)) return decode_image(image->bytes, image->file);
  if (const auto* cifar = std::get_if<CifarSource>(&source)) return cifar->records.picture(i);
  const StoredArray& array = std::get<IdxSource>(source).array;
  const Shape& s = array.shape();
  Picture result{s[2], s[1], s.rank() == 4 ? s[3] : 1, {}};
  const std::int64_t size = s.item().elements();
  result.pixels.resize(static_cast<std::size_t>(size));
  array.read_bytes(i * size, std::as_writable_bytes(std::span(result.pixels)));
  return result;
}

namespace {

bool is_image(const FileReader& file) {
  Bytes head(static_cast<std::size_t>(std::min<std::uint64_t>(file.size(), 16)));
  file.read(0, head);
  return !image_format(head, file.path()).empty();
}

}  // namespace

SourceCache::SourcePointer SourceCache::read(const FileName& name, File file) const {
  if (file == nullptr && name.path == "-")
    return std::make_shared<const Source>(open_source(read_file(name.path, file_limit_), name.path));
  if (file == nullptr) file = std::make_shared<FileReader>(name.path);
  if (file->size() > file_limit_) throw_input("{}: larger than {} bytes", name.path, file_limit_);
  return std::make_shared<const Source>(open_source(std::move(file)));
}

SourceCache::SourcePointer SourceCache::find_open(const std::string& key) {
  const auto stream = streams_.find(key);
  if (stream != streams_.end()) return stream->second;
  const auto found = std::ranges::find(open_, key, [](const auto& entry) { return entry.first; });
  if (found == open_.end()) return nullptr;
  open_.splice(open_.begin(), open_, found);
  return open_.front().second;
}

SourceCache::SourcePointer SourceCache::open_locked(const FileName& name, File file) {
  const std::string key = key_of(name);
  if (SourcePointer source = find_open(key)) return source;  // another thread was faster
  if (const auto failed = failures_.find(key); failed != failures_.end()) throw Error(failed->second);
  try {
    const bool stream = file == nullptr;
    SourcePointer source = read(name, std::move(file));
    if (stream) return streams_[key] = source;
    open_.emplace_front(key, source);
    if (open_.size() > capacity_) open_.pop_back();
    return source;
  } catch (const Error& e) {
    failures_.emplace(key, e);
    throw;
  }
}

SourceCache::SourcePointer SourceCache::open(const FileName& name) {
  {
    const std::lock_guard lock(mutex_);
    if (SourcePointer source = find_open(key_of(name))) return source;
  }
  File file;
  if (!is_stream(name)) {
    file = open_regular(name);
    // A picture is a single input: it is not kept, and several threads may read pictures at once.
    if (is_image(*file) && file->size() <= file_limit_)
      return std::make_shared<const Source>(open_source(std::move(file)));
  }
  const std::lock_guard lock(mutex_);
  return open_locked(name, std::move(file));
}

std::optional<Outline> SourceCache::outline(const FileName& name) {
  const SourcePointer source = [&] {
    const std::lock_guard lock(mutex_);
    if (SourcePointer found = find_open(key_of(name))) return found;
    File file;
    if (!is_stream(name)) {
      file = open_regular(name);
      if (is_image(*file)) return SourcePointer();
    }
    return open_locked(name, std::move(file));
  }();
  if (source == nullptr) return Outline{1, {}, ScalarType::uint8};
  if (std::holds_alternative<ArchiveSource>(*source)) return std::nullopt;
  if (const auto* array = std::get_if<ArraySource>(source.get()))
    return Outline{std::nullopt, array->array.shape(), array->array.type()};
  if (const auto* idx = std::get_if<IdxSource>(source.get()))
    return Outline{idx->array.shape()[0], idx->array.shape(), idx->array.type()};
  return Outline{picture_count(*source), {}, ScalarType::uint8};
}

}  // namespace nv
