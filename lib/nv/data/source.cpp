#include "nv/data/source.h"

#include <algorithm>
#include <cstring>
#include <filesystem>

#include "nv/core/error.h"
#include "nv/data/gzip.h"
#include "nv/data/idx.h"

namespace nv {

namespace {

/// Pictures have 3 axes, or a fourth for channels.
bool holds_pictures(const Shape& shape, ScalarType type) {
  if (type != ScalarType::uint8 || shape.rank() < 3 || shape.rank() > 4 || shape.elements() == 0)
    return false;
  return shape.rank() == 3 || shape[3] == 1 || shape[3] == 3 || shape[3] == 4;
}

bool idx_of_size(std::span<const std::byte> head, std::uint64_t file_size, const std::string& file) {
  if (!is_idx(head) || head.size() < 4 + 4 * std::to_integer<std::size_t>(head[3])) return false;
  const IdxHeader header = parse_idx_header(head, file);
  return header.data_offset +
             static_cast<std::uint64_t>(header.shape.elements() * scalar_bytes(header.type)) ==
         file_size;
}

Source idx_source(std::span<const std::byte> bytes, const std::string& file) {
  NpyArray array = parse_idx(bytes, file);
  if (array.shape.rank() == 1)
    throw Error(ErrorKind::input, fmt::format("{}: holds labels, not inputs", file),
                fmt::format("true labels are given by --truth {}", file));
  if (holds_pictures(array.shape, array.type)) return IdxSource{std::move(array)};
  return ArraySource{std::move(array)};
}

/// HDF5's mark is at the start, or at a power of two from 512 on where something else comes before it.
bool is_hdf5(std::span<const std::byte> bytes) {
  constexpr std::string_view mark{"\x89HDF\r\n\x1a\n", 8};
  for (std::size_t at = 0; at + mark.size() <= bytes.size(); at = at == 0 ? 512 : 2 * at)
    if (std::memcmp(bytes.data() + at, mark.data(), mark.size()) == 0) return true;
  return false;
}

[[noreturn]] void refuse(std::span<const std::byte> bytes, const std::string& file) {
  if (is_hdf5(bytes)) throw_input("{}: an HDF5 file (a model?), not an input", file);
  if (is_idx(bytes)) parse_idx(bytes, file);  // says what is wrong with it
  throw Error(ErrorKind::input, fmt::format("{}: not an image, an array or a data set", file),
              "inputs are PNG, JPEG, BMP, GIF, TGA, PSD, HDR, PNM, .npy, .npz, MNIST IDX and CIFAR files");
}

std::uint64_t size_of(const std::string& path) {
  std::error_code error;
  const std::uintmax_t size = std::filesystem::file_size(path, error);
  return error ? 0 : size;
}

/// Cannot be read twice.
bool is_stream(const std::string& path) {
  namespace fs = std::filesystem;
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  return path == "-" || (fs::exists(status) && !fs::is_regular_file(status) && !fs::is_directory(status));
}

/// `head` has the header of nearly every file; a longer one is read again.
NpyHeader npy_header(const Bytes& head, const std::string& path) {
  constexpr std::size_t longest = (std::size_t{1} << 20) + 12;
  try {
    return parse_npy_header(head, path);
  } catch (const Error&) {
    return parse_npy_header(read_head(path, longest), path);
  }
}

}  // namespace

std::shared_ptr<const NpyArray> ArchiveSource::array(const std::string& name) const {
  const std::lock_guard lock(unpacked_->mutex);
  std::shared_ptr<const NpyArray>& array = unpacked_->arrays[name];
  if (array == nullptr) array = std::make_shared<const NpyArray>(reader_.read(name));
  return array;
}

Source open_source(Bytes bytes, const std::string& file) {
  if (is_gzip(bytes)) bytes = gunzip(bytes, file);
  if (bytes.empty()) throw_input("{}: is empty", file);
  if (!image_format(bytes, file).empty()) return ImageSource{std::move(bytes), file};
  if (is_npy(bytes)) return ArraySource{parse_npy(bytes, file)};
  if (is_zip(bytes)) return ArchiveSource(NpzReader(std::move(bytes), file));
  if (idx_of_size(bytes, bytes.size(), file)) return idx_source(bytes, file);
  if (CifarRecords::fits(bytes)) {
    auto kept = std::make_shared<const Bytes>(std::move(bytes));
    const CifarRecords records(*kept, file);
    return CifarSource{std::move(kept), records};
  }
  refuse(bytes, file);
}

std::optional<std::int64_t> picture_count(const Source& source) {
  if (std::holds_alternative<ImageSource>(source)) return 1;
  if (const auto* idx = std::get_if<IdxSource>(&source)) return idx->array.shape[0];
  if (const auto* cifar = std::get_if<CifarSource>(&source)) return cifar->records.size();
  return std::nullopt;
}

Picture picture(const Source& source, std::int64_t i) {
  if (const auto* image = std::get_if<ImageSource>(&source)) return decode_image(image->bytes, image->file);
  if (const auto* cifar = std::get_if<CifarSource>(&source)) return cifar->records.picture(i);
  const NpyArray& array = std::get<IdxSource>(source).array;
  const Shape& s = array.shape;
  Picture result{s[2], s[1], s.rank() == 4 ? s[3] : 1, {}};
  const auto size = static_cast<std::size_t>(s.item().elements());
  const std::byte* from = array.raw.data() + static_cast<std::size_t>(i) * size;
  result.pixels.resize(size);
  std::memcpy(result.pixels.data(), from, size);
  return result;
}

SourceCache::SourcePointer SourceCache::read(const std::string& path) const {
  return std::make_shared<const Source>(open_source(read_file(path, file_limit_), path));
}

SourceCache::SourcePointer SourceCache::find_open(const std::string& path) {
  const auto stream = streams_.find(path);
  if (stream != streams_.end()) return stream->second;
  const auto found = std::ranges::find(open_, path, [](const auto& entry) { return entry.first; });
  if (found == open_.end()) return nullptr;
  open_.splice(open_.begin(), open_, found);
  return open_.front().second;
}

SourceCache::SourcePointer SourceCache::open(const std::string& path) {
  {
    const std::lock_guard lock(mutex_);
    if (SourcePointer source = find_open(path)) return source;
  }
  const bool stream = is_stream(path);
  if (!stream && !image_format(read_head(path, 16), path).empty()) return read(path);  // holds one: not kept
  const std::lock_guard lock(mutex_);
  if (SourcePointer source = find_open(path)) return source;  // another thread was faster
  SourcePointer source = read(path);
  if (stream) return streams_[path] = source;
  open_.emplace_front(path, source);
  if (open_.size() > capacity_) open_.pop_back();
  return source;
}

std::optional<Outline> SourceCache::outline(const std::string& path) {
  if (!is_stream(path)) {
    const Bytes head = read_head(path, 512);
    if (!image_format(head, path).empty()) return Outline{1, {}, ScalarType::uint8};
    if (is_npy(head)) {
      const NpyHeader header = npy_header(head, path);
      return Outline{std::nullopt, header.shape, header.type};
    }
    if (idx_of_size(head, size_of(path), path)) {
      const IdxHeader header = parse_idx_header(head, path);
      if (header.shape.rank() > 1) {
        const bool pictures = holds_pictures(header.shape, header.type);
        return Outline{pictures ? std::optional(header.shape[0]) : std::nullopt, header.shape, header.type};
      }
    }
  }
  const std::shared_ptr<const Source> source = open(path);
  if (std::holds_alternative<ArchiveSource>(*source)) return std::nullopt;
  if (const auto* array = std::get_if<ArraySource>(source.get()))
    return Outline{std::nullopt, array->array.shape, array->array.type};
  return Outline{picture_count(*source), {}, ScalarType::uint8};
}

}  // namespace nv
