#include "nv/keras/hdf5/links.h"

#include <algorithm>
#include <array>
#include <utility>

#include "nv/core/error.h"
#include "nv/core/text.h"
#include "nv/keras/hdf5/lzf.h"

namespace nv {

namespace {

constexpr int most_soft_links = 64;  // on the way to one object
constexpr std::size_t most_links = 10'000'000;
constexpr std::size_t most_link_bytes = std::size_t{1} << 16;

/// Called by the library before it opens the file of an external link.
herr_t refuse_file(const char*, const char*, const char*, const char*, unsigned*, hid_t, void*) {
  return -1;
}

/// Access properties for each step along a path. External links are refused before they are followed; this
/// refuses them once more.
hid_t link_access() {
  static const hid_t access = [] {
    const hid_t a = H5Pcreate(H5P_LINK_ACCESS);
    H5Pset_elink_cb(a, refuse_file, nullptr);
    return a;
  }();
  return access;
}

LinkKind kind_of(H5L_type_t type) {
  switch (type) {
    case H5L_TYPE_HARD:
      return LinkKind::hard;
    case H5L_TYPE_SOFT:
      return LinkKind::soft;
    case H5L_TYPE_EXTERNAL:
      return LinkKind::external;
    default:
      return LinkKind::other;
  }
}

/// A link of a group; `size` is that of its value.
LinkInfo read_link(hid_t group, const std::string& name, H5L_type_t type, std::size_t size) {
  LinkInfo link;
  link.path = name;
  link.kind = kind_of(type);
  if (link.kind == LinkKind::hard || link.kind == LinkKind::other || size == 0 || size > most_link_bytes)
    return link;
  std::vector<char> value(size + 1, '\0');
  if (H5Lget_val(group, name.c_str(), value.data(), size, link_access()) < 0) return link;
  if (link.kind == LinkKind::soft) {
    link.target = value.data();
    return link;
  }
  const char *file = nullptr, *target = nullptr;
  unsigned flags = 0;
  if (H5Lunpack_elink_val(value.data(), size, &flags, &file, &target) < 0) return link;
  link.file = file == nullptr ? "" : file;
  link.target = target == nullptr ? "" : target;
  return link;
}

[[noreturn]] void refuse_link(const LinkInfo& link, const std::string& path, const std::string& file) {
  if (link.kind == LinkKind::external)
    throw_input("{}: {} is a link into another file ({}): only links within the file are followed", file,
                one_line(path), shortened(one_line(link.file), 100));
  throw_input("{}: {} is a link of a kind that its writer defined: only links within the file are followed",
              file, one_line(path));
}

/// The names that `read` returns for 0 to `count` - 1, at most 1000.
template <typename Read>
std::vector<std::string> names_from(std::size_t count, const Read& read) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < std::min<std::size_t>(count, 1000); ++i) names.push_back(read(i));
  return names;
}

std::vector<std::string> external_files(hid_t creation_properties) {
  const int count = H5Pget_external_count(creation_properties);
  return names_from(count < 0 ? 0 : static_cast<std::size_t>(count), [&](std::size_t i) {
    std::array<char, 4096> name{};
    off_t offset = 0;
    hsize_t size = 0;
    H5Pget_external(creation_properties, static_cast<unsigned>(i), name.size() - 1, name.data(), &offset,
                    &size);
    return std::string(name.data());
  });
}

std::vector<std::string> virtual_files(hid_t creation_properties) {
  std::size_t count = 0;
  if (H5Pget_virtual_count(creation_properties, &count) < 0) count = 0;
  return names_from(count, [&](std::size_t i) {
    std::array<char, 4096> name{};
    H5Pget_virtual_filename(creation_properties, i, name.data(), name.size() - 1);
    return std::string(name.data());
  });
}

/// The name of a filter that is built in; "" for any other.
std::string built_in(H5Z_filter_t filter) {
  switch (filter) {
    case H5Z_FILTER_DEFLATE:
      return "gzip";
    case H5Z_FILTER_SHUFFLE:
      return "shuffle";
    case H5Z_FILTER_FLETCHER32:
      return "fletcher32";
    case H5Z_FILTER_NBIT:
      return "nbit";
    case H5Z_FILTER_SCALEOFFSET:
      return "scaleoffset";
    case H5Z_FILTER_SZIP:
      return H5Zfilter_avail(filter) > 0 ? "szip" : "";
    default:
      return filter == lzf_filter ? "lzf" : "";
  }
}

void read_filters(hid_t creation_properties, DatasetStorage& storage) {
  const int count = H5Pget_nfilters(creation_properties);
  for (int i = 0; i < count; ++i) {
    unsigned flags = 0;
    std::size_t parameters = 0;
    std::array<char, 256> own_name{};
    const H5Z_filter_t filter =
        H5Pget_filter2(creation_properties, static_cast<unsigned>(i), &flags, &parameters, nullptr,
                       own_name.size() - 1, own_name.data(), nullptr);
    std::string name = built_in(filter);
    if (name.empty()) {
      name = own_name[0] == '\0' ? fmt::format("number {}", filter)
                                 : fmt::format("number {}, {}", filter, one_line(own_name.data()));
      if (storage.foreign_filter.empty()) storage.foreign_filter = name;
    }
    storage.filters.push_back(std::move(name));
  }
}

}  // namespace

std::vector<std::string> path_parts(const std::string& path) {
  std::vector<std::string> parts = split(path, '/');
  std::erase_if(parts, [](const std::string& p) { return p.empty() || p == "."; });
  return parts;
}

Hdf5Id find_object(hid_t root, hid_t start, const std::string& path, const std::string& file,
                   const std::string& shown) {
  std::vector<std::string> left = path_parts(path);  // the next one last
  std::ranges::reverse(left);
  const auto open = [](hid_t at, const char* name) {
    return Hdf5Id(H5Oopen(at, name, link_access()), H5Oclose);
  };
  Hdf5Id at = open(start, ".");
  for (int soft = 0; at && !left.empty();) {
    const std::string name = std::move(left.back());
    left.pop_back();
    H5L_info_t info{};
    if (H5Iget_type(at.get()) != H5I_GROUP || H5Lexists(at.get(), name.c_str(), link_access()) <= 0 ||
        H5Lget_info(at.get(), name.c_str(), &info, link_access()) < 0)
      return {-1, H5Oclose};
    if (info.type == H5L_TYPE_HARD) {
      at = open(at.get(), name.c_str());
      continue;
    }
    const LinkInfo link = read_link(at.get(), name, info.type, info.u.val_size);
    if (link.kind != LinkKind::soft) refuse_link(link, shown, file);
    if (++soft > most_soft_links)
      throw_input("{}: damaged HDF5: the links of {} lead in a circle", file, one_line(shown));
    std::vector<std::string> way = path_parts(link.target);
    std::ranges::reverse(way);
    left.insert(left.end(), std::make_move_iterator(way.begin()), std::make_move_iterator(way.end()));
    if (link.target.starts_with('/')) at = open(root, ".");
  }
  return at;
}

ListedLinks list_links(hid_t group, H5_iter_order_t order) {
  const auto collect = [](hid_t, const char* name, const H5L_info_t* info, void* to) -> herr_t {
    auto& links = *static_cast<std::vector<std::pair<std::string, H5L_info_t>>*>(to);
    try {
      links.emplace_back(name, *info);
    } catch (...) {
      return -1;
    }
    return links.size() > most_links ? -1 : 0;
  };
  ListedLinks listed;
  hsize_t at = 0;
  listed.whole = H5Literate(group, H5_INDEX_NAME, order, &at, collect, &listed.links) >= 0;
  return listed;
}

std::vector<LinkInfo> links_of(hid_t group, const std::string& path, const std::string& file) {
  const ListedLinks listed = list_links(group, H5_ITER_INC);
  if (!listed.whole)
    throw_input("{}: damaged HDF5: {} is not a group whose members can be listed", file, one_line(path));
  std::vector<LinkInfo> links;
  links.reserve(listed.links.size());
  for (const auto& [name, info] : listed.links)
    links.push_back(read_link(group, name, info.type, info.u.val_size));
  return links;
}

DatasetStorage storage_of(hid_t dataset) {
  DatasetStorage storage;
  const Hdf5Id creation_properties(H5Dget_create_plist(dataset), H5Pclose);
  if (!creation_properties) return storage;
  storage.files = external_files(creation_properties.get());
  read_filters(creation_properties.get(), storage);
  switch (H5Pget_layout(creation_properties.get())) {
    case H5D_VIRTUAL:
      storage.layout = DatasetStorage::Layout::combined;
      for (std::string& name : virtual_files(creation_properties.get()))
        storage.files.push_back(std::move(name));
      break;
    case H5D_CHUNKED: {
      storage.layout = DatasetStorage::Layout::chunked;
      std::array<hsize_t, H5S_MAX_RANK> axes{};
      const int rank = H5Pget_chunk(creation_properties.get(), static_cast<int>(axes.size()), axes.data());
      const Hdf5Id type(H5Dget_type(dataset), H5Tclose);
      storage.chunk_bytes = type ? H5Tget_size(type.get()) : 0;
      for (int a = 0; a < rank; ++a) storage.chunk_bytes *= axes[static_cast<std::size_t>(a)];  // below 2^32
      break;
    }
    case H5D_COMPACT:
      storage.layout = DatasetStorage::Layout::compact;
      break;
    default:
      break;
  }
  return storage;
}

void check_storage(hid_t dataset, const std::string& path, const std::string& file) {
  const DatasetStorage storage = storage_of(dataset);
  const std::string name = one_line(path);
  const auto first = [&] { return storage.files.empty() ? "" : shortened(one_line(storage.files[0]), 100); };
  if (storage.layout == DatasetStorage::Layout::combined)
    throw_input("{}: {} is put together from other datasets ({}): only numbers in the file itself are read",
                file, name, first());
  if (!storage.files.empty())
    throw_input("{}: {} keeps its numbers in another file ({}): only numbers in the file itself are read",
                file, name, first());
  if (!storage.foreign_filter.empty())
    throw_input("{}: {} is packed by a filter that nv does not have ({})", file, name,
                storage.foreign_filter);
}

}  // namespace nv
