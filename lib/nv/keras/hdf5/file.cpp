#include "nv/keras/hdf5/file.h"

#include <hdf5_hl.h>

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "nv/core/bytes.h"
#include "nv/core/error.h"
#include "nv/core/interrupt.h"
#include "nv/core/memory.h"
#include "nv/core/text.h"
#include "nv/keras/hdf5/handle.h"
#include "nv/keras/hdf5/links.h"
#include "nv/keras/hdf5/lzf.h"
#include "nv/keras/hdf5/part.h"
#include "nv/keras/hdf5/texts.h"

namespace nv {

namespace {

constexpr hsize_t most_texts = 1'000'000;  // of an attribute
constexpr std::size_t most_objects = 10'000'000;
constexpr hsize_t most_axis = hsize_t{1} << 41;  // larger claims are cut, so that products stay in range
constexpr std::uint64_t most_packing = 2000;     // times by which chunks may be smaller than their numbers

/// Access properties: the library's own file driver, whatever the environment says, and no lock, so that a
/// file can be read while another program has it open for writing.
Hdf5Id file_access() {
  Hdf5Id access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
  H5Pset_fapl_sec2(access.get());
  H5Pset_file_locking(access.get(), false, true);
  return access;
}

/// Whether the header marks the file as being written to, as version 3 of it can (the format's specification,
/// II.A, "file consistency flags").
bool is_marked_as_written_to(const FileReader& file, const Extent& part) {
  const auto at = find_hdf5(file, part);
  std::array<std::byte, 12> header{};
  if (!at || header.size() > part.size - *at) return false;
  file.read(part.offset + *at, header);
  return std::to_integer<int>(header[8]) >= 3 && (header[11] & std::byte{5}) != std::byte{0};
}

}  // namespace

struct Hdf5File::State {
  std::string file;
  std::shared_ptr<FileReader> reader;  // null for an image in memory
  Extent part;                         // the part of the reader's file that is HDF5
  Bytes image;
  Hdf5Id id{-1, H5Fclose};  // closed before the members above, which must outlive it
  mutable Hdf5Id parent{-1, H5Oclose};
  mutable std::string parent_path;

  [[noreturn]] void damaged(const std::string& what) const {
    throw_input("{}: damaged HDF5: {}", file, one_line(what));
  }

  /// The object at a path; no id if there is none. The last group is kept open, since most calls ask for
  /// several of its members.
  Hdf5Id find(const std::string& path) const {
    check_interrupt();
    std::vector<std::string> parts = path_parts(path);
    if (parts.empty()) return find_object(id.get(), id.get(), "", file, "/");
    const std::string name = std::move(parts.back());
    parts.pop_back();
    std::string above = fmt::format("{}", fmt::join(parts, "/"));
    if (!parent || above != parent_path) {
      parent = find_object(id.get(), id.get(), above, file, path);
      parent_path = std::move(above);
    }
    if (!parent) return {-1, H5Oclose};
    return find_object(id.get(), parent.get(), name, file, path);
  }

  Hdf5Id object(const std::string& path) const {
    Hdf5Id o = find(path);
    if (!o) damaged(path + " cannot be opened");
    return o;
  }

  /// A dataset whose numbers are in the file.
  Hdf5Id dataset(const std::string& path) const {
    Hdf5Id d = find(path);
    if (!d || H5Iget_type(d.get()) != H5I_DATASET) damaged(path + " is missing or not a dataset");
    check_storage(d.get(), path, file);
    return d;
  }

  bool is_type(const std::string& path, H5I_type_t type) const {
    const Hdf5Id o = find(path);
    return o && H5Iget_type(o.get()) == type;
  }

  /// Opens bytes that stay where they are: the library neither copies nor frees them.
  void open_memory(std::span<const std::byte> bytes) {
    if (bytes.empty()) return;
    register_lzf_filter();
    auto* data = const_cast<std::byte*>(bytes.data());  // opened read-only, so never written to
    id = Hdf5Id(
        H5LTopen_file_image(data, bytes.size(), H5LT_FILE_IMAGE_DONT_COPY | H5LT_FILE_IMAGE_DONT_RELEASE),
        H5Fclose);
  }

  /// Offset in the reader's file of a dataset that is stored contiguously as float32 of this machine's byte
  /// order; nullopt for any other.
  std::optional<std::uint64_t> plain_floats(const Hdf5Id& dataset, std::uint64_t size) const;
  std::optional<std::uint64_t> plain_floats(const std::string& path, std::int64_t count) const;
  Tensor read_by_library(const std::string& path, const Shape& shape) const;

  std::optional<std::vector<std::string>> attribute(const std::string& path, const std::string& name) const;
  std::vector<std::string> read_texts(const Hdf5Id& attribute, const std::string& name) const;
};

std::vector<std::string> Hdf5File::State::read_texts(const Hdf5Id& attribute, const std::string& name) const {
  const Hdf5Id space(H5Aget_space(attribute.get()), H5Sclose);
  const Hdf5Id type(H5Aget_type(attribute.get()), H5Tclose);
  if (!space || !type) damaged("attribute " + name);
  const hssize_t count =
      H5Sget_simple_extent_type(space.get()) == H5S_NULL ? 0 : H5Sget_simple_extent_npoints(space.get());
  if (count == 0) return {};
  if (count < 0 || static_cast<hsize_t>(count) > most_texts) damaged("attribute " + name);
  if (H5Tget_class(type.get()) != H5T_STRING) damaged("attribute " + name + " is not text");
  auto texts = nv::read_texts(
      type.get(), static_cast<std::size_t>(count),
      [&](hid_t memory_type, void* into) { return H5Aread(attribute.get(), memory_type, into); });
  if (!texts) damaged("attribute " + name);
  for (std::string& text : *texts) text.resize(std::min(text.size(), text.find('\0')));
  return std::move(*texts);
}

std::optional<std::vector<std::string>> Hdf5File::State::attribute(const std::string& path,
                                                                   const std::string& name) const {
  const Hdf5Id o = object(path);
  if (H5Aexists(o.get(), name.c_str()) <= 0) return std::nullopt;
  const Hdf5Id a(H5Aopen(o.get(), name.c_str(), H5P_DEFAULT), H5Aclose);
  if (!a) damaged("attribute " + name);
  return read_texts(a, name);
}

Hdf5File::Hdf5File(std::unique_ptr<State> state) : state_(std::move(state)) {}
Hdf5File::~Hdf5File() {
  const Hdf5Lock lock;
  state_.reset();
}

const std::string& Hdf5File::file() const {
  return state_->file;
}

std::shared_ptr<const Hdf5File> Hdf5File::open(const std::string& file) {
  return open(std::make_shared<FileReader>(file));
}

std::shared_ptr<const Hdf5File> Hdf5File::open(std::shared_ptr<FileReader> file) {
  if (file->spooled()) return open_part(file, {0, file->size()});
  auto state = std::make_unique<State>();
  state->file = file->path();
  state->reader = std::move(file);
  state->part = {0, state->reader->size()};
  const Hdf5Lock lock;
  register_lzf_filter();
  state->id = Hdf5Id(H5Fopen(state->file.c_str(), H5F_ACC_RDONLY, file_access().get()), H5Fclose);
  return finished(std::move(state));
}

std::shared_ptr<const Hdf5File> Hdf5File::open_part(std::shared_ptr<FileReader> file, const Extent& part) {
  auto state = std::make_unique<State>();
  state->file = file->path();
  state->reader = std::move(file);
  state->part = part;
  const Hdf5Lock lock;
  register_lzf_filter();
  state->id = Hdf5Id(open_hdf5_part(*state->reader, part, file_access().get()), H5Fclose);
  return finished(std::move(state));
}

std::shared_ptr<const Hdf5File> Hdf5File::open_image(Bytes image, const std::string& file) {
  auto state = std::make_unique<State>();
  state->file = file;
  state->image = std::move(image);
  state->part = {0, state->image.size()};
  const Hdf5Lock lock;
  state->open_memory(state->image);
  return finished(std::move(state));
}

std::shared_ptr<const Hdf5File> Hdf5File::finished(std::unique_ptr<State> state) {
  if (!state->id && state->reader && is_marked_as_written_to(*state->reader, state->part))
    throw Error(
        ErrorKind::input,
        fmt::format("{}: HDF5 that another program is writing, or that was never closed", state->file),
        "once no program writes to it: h5clear -s FILE");
  if (!state->id) throw_input("{}: damaged HDF5: truncated, or its header is broken", state->file);
  return std::shared_ptr<const Hdf5File>(new Hdf5File(std::move(state)));
}

bool Hdf5File::is_group(const std::string& path) const {
  const Hdf5Lock lock;
  return state_->is_type(path, H5I_GROUP);
}

bool Hdf5File::is_dataset(const std::string& path) const {
  const Hdf5Lock lock;
  return state_->is_type(path, H5I_DATASET);
}

std::vector<std::string> Hdf5File::members(const std::string& group) const {
  const Hdf5Lock lock;
  const Hdf5Id g = state_->object(group);
  if (H5Iget_type(g.get()) != H5I_GROUP) state_->damaged(group + " is not a group");
  std::vector<std::string> names;
  for (LinkInfo& link : links_of(g.get(), group, state_->file)) names.push_back(std::move(link.path));
  return names;
}

std::vector<LinkInfo> Hdf5File::links() const {
  const Hdf5Lock lock;
  std::vector<LinkInfo> all;
  std::set<haddr_t> seen;
  std::vector<std::string> groups{""};  // to be listed
  while (!groups.empty()) {
    check_interrupt();
    const std::string path = std::move(groups.back());
    groups.pop_back();
    const Hdf5Id group = state_->find(path);
    H5O_info_t info{};
    if (!group || H5Oget_info2(group.get(), &info, H5O_INFO_BASIC) < 0 || !seen.insert(info.addr).second)
      continue;
    for (LinkInfo& link : links_of(group.get(), path, state_->file)) {
      link.path = path.empty() ? link.path : path + "/" + link.path;
      if (link.kind == LinkKind::hard) {
        link.dataset = state_->is_type(link.path, H5I_DATASET);
        if (!link.dataset && state_->is_type(link.path, H5I_GROUP)) groups.push_back(link.path);
      }
      all.push_back(std::move(link));
    }
    if (all.size() > most_objects) state_->damaged("too many objects");
  }
  return all;
}

DatasetStorage Hdf5File::storage(const std::string& path) const {
  const Hdf5Lock lock;
  const Hdf5Id d = state_->find(path);
  if (!d || H5Iget_type(d.get()) != H5I_DATASET) state_->damaged(path + " is missing or not a dataset");
  return storage_of(d.get());
}

bool Hdf5File::has_attribute(const std::string& object, const std::string& name) const {
  const Hdf5Lock lock;
  const Hdf5Id o = state_->find(object);
  return o && H5Aexists(o.get(), name.c_str()) > 0;
}

std::optional<std::string> Hdf5File::text(const std::string& object, const std::string& name) const {
  const Hdf5Lock lock;
  auto texts = state_->attribute(object, name);
  if (!texts || texts->empty()) return std::nullopt;
  return std::move(texts->front());
}

std::vector<std::string> Hdf5File::texts(const std::string& object, const std::string& name) const {
  const Hdf5Lock lock;
  if (auto whole = state_->attribute(object, name)) return std::move(*whole);
  std::vector<std::string> joined;
  for (int i = 0;; ++i) {
    const auto part = state_->attribute(object, fmt::format("{}{}", name, i));
    if (!part) return joined;
    joined.insert(joined.end(), part->begin(), part->end());
  }
}

DatasetInfo Hdf5File::describe(const std::string& path) const {
  const Hdf5Lock lock;
  const Hdf5Id dataset = state_->dataset(path);
  const Hdf5Id space(H5Dget_space(dataset.get()), H5Sclose);
  const Hdf5Id type(H5Dget_type(dataset.get()), H5Tclose);
  const int rank = space ? H5Sget_simple_extent_ndims(space.get()) : -1;
  if (rank < 0 || rank > Shape::max_rank || !type) state_->damaged(path + " has no usable shape");
  std::array<hsize_t, Shape::max_rank> dims{};
  H5Sget_simple_extent_dims(space.get(), dims.data(), nullptr);
  DatasetInfo info;
  std::vector<std::int64_t> axes;
  for (int a = 0; a < rank; ++a)
    axes.push_back(static_cast<std::int64_t>(std::min(dims[static_cast<std::size_t>(a)], most_axis)));
  info.shape = Shape(std::span<const std::int64_t>(axes));
  const std::size_t bits = H5Tget_size(type.get()) * 8;
  switch (H5Tget_class(type.get())) {
    case H5T_FLOAT:
      info.dtype = fmt::format("float{}", bits);
      break;
    case H5T_INTEGER:
      info.dtype = fmt::format("{}int{}", H5Tget_sign(type.get()) == H5T_SGN_NONE ? "u" : "", bits);
      break;
    default:
      state_->damaged(path + " does not hold numbers");
  }
  // A header can claim any size.
  const Hdf5Id creation_properties(H5Dget_create_plist(dataset.get()), H5Pclose);
  const bool packed = creation_properties && H5Pget_layout(creation_properties.get()) == H5D_CHUNKED;
  const auto claimed = static_cast<std::uint64_t>(info.shape.elements()) * (bits / 8);
  if (claimed / (packed ? most_packing : 1) > state_->part.size)
    state_->damaged(path + " is larger than the file");
  info.in_place = state_->plain_floats(dataset, claimed).has_value();
  return info;
}

std::optional<std::uint64_t> Hdf5File::State::plain_floats(const Hdf5Id& dataset, std::uint64_t size) const {
  if (!reader) return std::nullopt;
  const Hdf5Id creation_properties(H5Dget_create_plist(dataset.get()), H5Pclose);
  const Hdf5Id type(H5Dget_type(dataset.get()), H5Tclose);
  if (!creation_properties || H5Pget_layout(creation_properties.get()) != H5D_CONTIGUOUS ||
      H5Pget_external_count(creation_properties.get()) != 0 || !type ||
      H5Tequal(type.get(), H5T_NATIVE_FLOAT) <= 0)
    return std::nullopt;
  const haddr_t at = H5Dget_offset(dataset.get());  // HADDR_UNDEF if nothing was written
  if (at == HADDR_UNDEF || at > part.size || size > part.size - at) return std::nullopt;
  return part.offset + at;
}

std::optional<std::uint64_t> Hdf5File::State::plain_floats(const std::string& path,
                                                           std::int64_t count) const {
  const Hdf5Lock lock;
  const Hdf5Id d = dataset(path);
  return plain_floats(d, static_cast<std::uint64_t>(count) * sizeof(float));
}

Tensor Hdf5File::State::read_by_library(const std::string& path, const Shape& shape) const {
  const Hdf5Lock lock;
  const Hdf5Id d = dataset(path);
  const DatasetStorage storage = storage_of(d.get());
  // A compressed chunk is unpacked as a whole, from one buffer into another.
  const std::uint64_t chunk = storage.filters.empty() ? 0 : 2 * storage.chunk_bytes;
  check_memory(static_cast<std::uint64_t>(shape.elements()) * sizeof(float) + chunk,
               fmt::format("{}: {}", file, one_line(path)));
  Tensor t(shape);
  if (t.size() > 0 && H5Dread(d.get(), H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, t.data()) < 0)
    damaged(path + " cannot be read");
  return t;
}

Tensor Hdf5File::read(const std::string& path) const {
  const Shape shape = describe(path).shape;
  const auto plain = state_->plain_floats(path, shape.elements());
  if (!plain) return state_->read_by_library(path, shape);
  Tensor t(shape);
  state_->reader->read(*plain,
                       std::as_writable_bytes(std::span(t.data(), static_cast<std::size_t>(t.size()))));
  return t;
}

void Hdf5File::check_readable(const std::string& path) const {
  const Shape shape = describe(path).shape;
  if (!state_->plain_floats(path, shape.elements())) (void)state_->read_by_library(path, shape);
}

std::string hdf5_version() {
  unsigned major = 0, minor = 0, release = 0;
  H5get_libversion(&major, &minor, &release);
  return fmt::format("{}.{}.{}", major, minor, release);
}

}  // namespace nv
