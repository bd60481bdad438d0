// Audits HDF5 files: what they link to, the sizes they claim, and what does not belong in a file of weights.
// No link is followed; only texts and the first bytes of what may be a program are read.
#include <algorithm>
#include <array>
#include <functional>
#include <set>
#include <utility>

#include "nv/core/bytes.h"
#include "nv/core/error.h"
#include "nv/core/interrupt.h"
#include "nv/core/memory.h"
#include "nv/core/text.h"
#include "nv/keras/audit/parts.h"
#include "nv/keras/hdf5/handle.h"
#include "nv/keras/hdf5/links.h"
#include "nv/keras/hdf5/lzf.h"
#include "nv/keras/hdf5/part.h"
#include "nv/keras/hdf5/texts.h"

namespace nv {

namespace {

constexpr std::uint64_t small = std::uint64_t{16} << 20;  // larger claims are compared with what is stored
constexpr std::uint64_t most_ratio = 100;                 // of claimed to stored bytes
constexpr std::size_t most_attribute_text = std::size_t{1} << 28;  // bytes of an attribute
constexpr hssize_t most_attribute_texts = 1'000'000;               // of an attribute
constexpr std::size_t most_shown = 120;                            // characters of a name

struct Link {
  std::string name;
  H5L_type_t type = H5L_TYPE_ERROR;
  std::size_t value_size = 0;  ///< of a link that is not hard
};

/// Product, or the largest number if it does not fit.
std::uint64_t times(std::uint64_t a, std::uint64_t b) {
  std::uint64_t product = 0;
  return __builtin_mul_overflow(a, b, &product) ? ~std::uint64_t{0} : product;
}

/// Whether a type is one of numbers or texts; booleans are an enumeration.
bool plain_type(const Hdf5Id& type) {
  switch (H5Tget_class(type.get())) {
    case H5T_INTEGER:
    case H5T_FLOAT:
    case H5T_STRING:
    case H5T_ENUM:
    case H5T_BITFIELD:
      return true;
    default:
      return false;
  }
}

std::string type_name(const Hdf5Id& type) {
  switch (H5Tget_class(type.get())) {
    case H5T_OPAQUE:
      return "opaque data";
    case H5T_REFERENCE:
      return "references to objects";
    case H5T_COMPOUND:
      return "records";
    case H5T_VLEN:
      return "lists of any length";
    case H5T_ARRAY:
      return "arrays";
    default:
      return "a type of no known class";
  }
}

class Hdf5Audit {
 public:
  Hdf5Audit(const AuditPart& part, std::string place, AuditReport& report)
      : part_(part), place_(std::move(place)), report_(report) {}

  /// Audits each object once, however many links lead to it; without recursion, since groups may be nested
  /// deeply.
  void walk(const Hdf5Id& file) {
    check_margins(file);
    pending_.emplace_back();
    while (!pending_.empty() && !report_.full()) {
      check_interrupt();
      const std::string path = std::move(pending_.back());
      pending_.pop_back();
      // Only paths of hard links are pending.
      const Hdf5Id object(H5Oopen(file.get(), ("/" + path).c_str(), H5P_DEFAULT), H5Oclose);
      if (!object) {
        add("damaged", path, "cannot be opened");
        continue;
      }
      H5O_info_t info{};
      if (H5Oget_info2(object.get(), &info, H5O_INFO_BASIC) < 0) {
        add("damaged", path, "cannot be read");
        continue;
      }
      if (!seen_.insert(info.addr).second) continue;
      check_attributes(object, path);
      if (info.type == H5O_TYPE_GROUP) check_group(object, path);
      if (info.type == H5O_TYPE_DATASET) check_dataset(object, path);
    }
  }

 private:
  void add(std::string_view rule, const std::string& path, const std::string& what) {
    report_.add(rule, place_ + (path.empty() ? (place_.empty() ? "" : "/") : path), what);
  }

  static std::string below(const std::string& path, const std::string& name) {
    return path.empty() ? name : path + '/' + name;
  }

  /// Bytes before the signature and after the end that the header gives.
  void check_margins(const Hdf5Id& file) {
    const Hdf5Id creation_properties(H5Fget_create_plist(file.get()), H5Pclose);
    hsize_t block = 0;
    if (creation_properties) H5Pget_userblock(creation_properties.get(), &block);
    constexpr std::uint64_t most = std::uint64_t{1} << 20;
    const Bytes before = part_.read(0, std::min<std::uint64_t>(block, most));
    if (const auto kind = suspicious_content(before))
      add(kind->rule, "", fmt::format("begins as {} does, before the HDF5 data", kind->name));
    else if (std::ranges::any_of(before, [](std::byte b) { return b != std::byte{0}; }))
      add("hidden-data", "", fmt::format("{} bytes before the HDF5 data are not empty", block));
    const std::uint64_t end = stored_end(block);
    if (end >= part_.size()) return;
    const Bytes after = part_.read(end, most);
    if (std::ranges::any_of(after, [](std::byte b) { return b != std::byte{0}; }))
      add("hidden-data", "", fmt::format("{} bytes after the HDF5 data", part_.size() - end));
  }

  /// End of the data by the superblock after a user block (the format's specification, II.A), which the
  /// library does not report; the end of the file if the superblock cannot be read.
  std::uint64_t stored_end(std::uint64_t block) const {
    const Bytes head = part_.read(block, 64);
    const auto byte = [&](std::size_t at) { return std::to_integer<std::size_t>(head[at]); };
    if (head.size() < 64 || byte(8) > 3) return part_.size();
    const std::size_t width = byte(byte(8) < 2 ? 13 : 9);
    const std::size_t at = (byte(8) == 0 ? 24 : byte(8) == 1 ? 28 : 12) + 2 * width;
    if (width != 4 && width != 8) return part_.size();
    return little_endian(head, at, width);
  }

  void check_group(const Hdf5Id& object, const std::string& path) {
    const ListedLinks listed = list_links(object.get(), H5_ITER_NATIVE);
    if (!listed.whole) add("damaged", path, "its members cannot be listed");
    std::vector<Link> links;
    for (const auto& [name, info] : listed.links)
      links.push_back({name, info.type, info.type == H5L_TYPE_HARD ? 0 : info.u.val_size});
    std::ranges::sort(links, std::greater<>(), &Link::name);  // the first is popped first
    for (const Link& link : links) {
      const std::string whole = below(path, link.name);
      if (link.type != H5L_TYPE_HARD)
        report_link(object, link, whole);
      else if (link.name.empty() || link.name.find('/') != std::string::npos)
        add("damaged", whole, "a link's name is no name");  // opened, it would be another path
      else if (link.name != ".")
        pending_.push_back(whole);
    }
  }

  void report_link(const Hdf5Id& group, const Link& link, const std::string& path) {
    std::vector<char> value(std::min<std::size_t>(link.value_size, 1 << 16) + 1, '\0');
    const bool read =
        H5Lget_val(group.get(), link.name.c_str(), value.data(), value.size() - 1, H5P_DEFAULT) >= 0;
    if (link.type == H5L_TYPE_SOFT)
      return add("soft-link", path, "leads to " + in_quotes(value.data(), most_shown));
    if (link.type != H5L_TYPE_EXTERNAL)
      return add("user-link", path, fmt::format("a link of class {}", static_cast<int>(link.type)));
    const char *file = "?", *object = "?";
    if (read) H5Lunpack_elink_val(value.data(), value.size() - 1, nullptr, &file, &object);
    add("external-link", path,
        fmt::format("leads to {} in the file {}", in_quotes(object, most_shown),
                    in_quotes(file, most_shown)));
  }

  void check_dataset(const Hdf5Id& object, const std::string& path) {
    const Hdf5Id creation_properties(H5Dget_create_plist(object.get()), H5Pclose);
    if (!creation_properties) return add("damaged", path, "its description cannot be read");
    if (report_other_files(creation_properties, path)) return;  // asking for the size would open them
    const Hdf5Id type(H5Dget_type(object.get()), H5Tclose), space(H5Dget_space(object.get()), H5Sclose);
    if (!type || !space) return add("damaged", path, "its type or shape cannot be read");
    if (!plain_type(type)) add("reference-type", path, "a dataset of " + type_name(type));
    const bool known = check_filters(creation_properties, path);
    const auto points =
        H5Sget_simple_extent_type(space.get()) == H5S_NULL ? 0 : H5Sget_simple_extent_npoints(space.get());
    const std::uint64_t claimed =
        times(points < 0 ? ~std::uint64_t{0} : static_cast<std::uint64_t>(points), H5Tget_size(type.get()));
    const bool fits = check_size(object, creation_properties, claimed, H5Tget_size(type.get()), path);
    if (known && fits && claimed > 0)
      check_content(object, type, space, static_cast<std::size_t>(points), path);
  }

  bool report_other_files(const Hdf5Id& creation_properties, const std::string& path) {
    const int count = H5Pget_external_count(creation_properties.get());
    for (unsigned i = 0; count > 0 && i < static_cast<unsigned>(count) && i < 100; ++i) {
      std::array<char, 4096> name{};
      off_t offset = 0;
      hsize_t size = 0;
      H5Pget_external(creation_properties.get(), i, name.size() - 1, name.data(), &offset, &size);
      add("external-storage", path,
          fmt::format("its bytes are in the file {}, from {} on", in_quotes(name.data(), most_shown),
                      static_cast<long long>(offset)));
    }
    if (H5Pget_layout(creation_properties.get()) != H5D_VIRTUAL) return count > 0;
    std::size_t mappings = 0;
    H5Pget_virtual_count(creation_properties.get(), &mappings);
    std::set<std::string> files;
    for (std::size_t i = 0; i < std::min<std::size_t>(mappings, 1000); ++i) {
      std::array<char, 4096> name{};
      H5Pget_virtual_filename(creation_properties.get(), i, name.data(), name.size() - 1);
      files.insert(in_quotes(name.data(), most_shown));
    }
    add("virtual-dataset", path,
        fmt::format("mapped from {}", files.empty() ? "nothing" : fmt::format("{}", fmt::join(files, ", "))));
    return true;
  }

  /// Returns whether all filters are the library's own, or h5py's LZF.
  bool check_filters(const Hdf5Id& creation_properties, const std::string& path) {
    bool known = true;
    for (int i = 0; i < H5Pget_nfilters(creation_properties.get()); ++i) {
      unsigned flags = 0, config = 0;
      std::size_t count = 0;
      std::array<char, 100> name{};
      const H5Z_filter_t id = H5Pget_filter2(creation_properties.get(), static_cast<unsigned>(i), &flags,
                                             &count, nullptr, name.size() - 1, name.data(), &config);
      if ((id >= H5Z_FILTER_DEFLATE && id <= H5Z_FILTER_SCALEOFFSET) || id == lzf_filter) continue;
      known = false;
      add("plugin-filter", path,
          fmt::format("packed with filter {} {}", static_cast<int>(id), in_quotes(name.data(), most_shown)));
    }
    return known;
  }

  /// Returns whether reading the dataset takes no more memory than its stored size explains.
  bool check_size(const Hdf5Id& object, const Hdf5Id& creation_properties, std::uint64_t claimed,
                  std::size_t item, const std::string& path) {
    const H5D_layout_t layout = H5Pget_layout(creation_properties.get());
    const std::uint64_t stored = H5Dget_storage_size(object.get());
    const auto excessive = [&](std::uint64_t bytes) { return bytes > small && bytes / most_ratio > stored; };
    if (layout == H5D_CONTIGUOUS) {
      const haddr_t at = H5Dget_offset(object.get());
      if (at != HADDR_UNDEF && (at > part_.size() || claimed > part_.size() - at)) {
        add("size-claim", path,
            fmt::format("{} of data, which end after the end of the file", memory_text(claimed)));
        return false;
      }
      if (at == HADDR_UNDEF && claimed > small)
        add("size-claim", path, fmt::format("claims {}, of which nothing is stored", memory_text(claimed)));
      return at != HADDR_UNDEF;
    }
    if (layout == H5D_CHUNKED) {
      std::array<hsize_t, H5S_MAX_RANK> sides{};
      const int rank = H5Pget_chunk(creation_properties.get(), H5S_MAX_RANK, sides.data());
      std::uint64_t chunk = item;
      for (int a = 0; a < rank; ++a) chunk = times(chunk, sides[static_cast<std::size_t>(a)]);
      const bool too_much = excessive(claimed) || excessive(chunk);
      if (too_much)
        add("size-claim", path,
            fmt::format("claims {} in chunks of {}, of which {} are stored", memory_text(claimed),
                        memory_text(chunk), memory_text(stored)));
      if (stored > part_.size()) {
        add("size-claim", path,
            fmt::format("{} stored, in a file of {}", memory_text(stored), memory_text(part_.size())));
        return false;
      }
      return !too_much && chunk <= (std::uint64_t{64} << 20) && stored > 0;
    }
    return true;
  }

  /// Looks at texts, and at the first bytes of byte arrays, for what may be pickled or run.
  void check_content(const Hdf5Id& object, const Hdf5Id& type, const Hdf5Id& space, std::size_t points,
                     const std::string& path) {
    constexpr std::size_t most = 256;
    const H5T_class_t kind = H5Tget_class(type.get());
    if (kind == H5T_STRING && points <= 4096) {
      const auto read = [&](hid_t memory, void* into) {
        return H5Dread(object.get(), memory, H5S_ALL, H5S_ALL, H5P_DEFAULT, into);
      };
      for (const std::string& text : texts(type, points, read)) check_text(text, path);
      return;
    }
    const bool bytes = kind == H5T_OPAQUE || (kind == H5T_INTEGER && H5Tget_size(type.get()) == 1);
    if (!bytes || H5Sget_simple_extent_ndims(space.get()) > 1 || H5Tget_size(type.get()) > small) return;
    const hsize_t start = 0, count = std::min<hsize_t>(points, most);
    const Hdf5Id memory(H5Screate_simple(1, &count, nullptr), H5Sclose),
        file(H5Dget_space(object.get()), H5Sclose);
    if (H5Sget_simple_extent_ndims(file.get()) == 1)
      H5Sselect_hyperslab(file.get(), H5S_SELECT_SET, &start, nullptr, &count, nullptr);
    std::vector<std::byte> head(H5Tget_size(type.get()) * count);
    if (H5Dread(object.get(), type.get(), memory.get(), file.get(), H5P_DEFAULT, head.data()) < 0)
      return add("damaged", path, "cannot be read");
    check_bytes(head, path);
  }

  void check_bytes(std::span<const std::byte> bytes, const std::string& path) {
    if (const auto kind = suspicious_content(bytes))
      add(kind->rule, path, fmt::format("begins as {} does", kind->name));
  }

  /// The texts of a dataset or attribute, without those of variable length that were never written.
  static std::vector<std::string> texts(const Hdf5Id& type, std::size_t count,
                                        const std::function<herr_t(hid_t, void*)>& read) {
    std::vector<std::string> list = read_texts(type.get(), count, read).value_or(std::vector<std::string>());
    if (H5Tis_variable_str(type.get()) > 0) std::erase(list, "");
    return list;
  }

  void check_text(const std::string& text, const std::string& path) {
    check_bytes(std::as_bytes(std::span(text)), path);
    audit_text(text, place_ + path, report_);
  }

  void check_attributes(const Hdf5Id& object, const std::string& path) {
    std::vector<std::string> names;
    hsize_t at = 0;
    const auto note = [](hid_t, const char* name, const H5A_info_t*, void* into) -> herr_t {
      try {
        static_cast<std::vector<std::string>*>(into)->emplace_back(name);
      } catch (...) {  // nothing may be thrown through the library
        return -1;
      }
      return 0;
    };
    if (H5Aiterate2(object.get(), H5_INDEX_NAME, H5_ITER_NATIVE, &at, note, &names) < 0)
      add("damaged", path, "its attributes cannot be listed");
    std::ranges::sort(names);
    for (const std::string& name : names) {
      const Hdf5Id attribute(H5Aopen(object.get(), name.c_str(), H5P_DEFAULT), H5Aclose);
      if (attribute)
        check_attribute(attribute, path, name);
      else
        add("damaged", below(path, "@" + name), "cannot be opened");
    }
  }

  void check_attribute(const Hdf5Id& attribute, const std::string& path, const std::string& name) {
    const std::string place = below(path, "@" + name);
    const Hdf5Id type(H5Aget_type(attribute.get()), H5Tclose), space(H5Aget_space(attribute.get()), H5Sclose);
    if (!type || !space) return add("damaged", place, "cannot be read");
    if (!plain_type(type)) add("reference-type", place, "an attribute of " + type_name(type));
    if (H5Sget_simple_extent_type(space.get()) == H5S_NULL) return;
    const hssize_t points = H5Sget_simple_extent_npoints(space.get());
    const std::uint64_t bytes =
        times(static_cast<std::uint64_t>(std::max<hssize_t>(points, 0)), H5Tget_size(type.get()));
    if (points < 0 || points > most_attribute_texts || bytes > most_attribute_text)
      return add("size-claim", place, "claims " + memory_text(bytes));
    const H5T_class_t kind = H5Tget_class(type.get());
    if (kind == H5T_OPAQUE || (kind == H5T_INTEGER && H5Tget_size(type.get()) == 1)) {
      std::vector<std::byte> whole(static_cast<std::size_t>(bytes));
      if (bytes > 0 && H5Aread(attribute.get(), type.get(), whole.data()) >= 0) check_bytes(whole, place);
    }
    if (kind != H5T_STRING || points == 0) return;
    const auto read = [&](hid_t memory, void* into) { return H5Aread(attribute.get(), memory, into); };
    for (const std::string& text : texts(type, static_cast<std::size_t>(points), read)) {
      const std::string config_place = place_ + (name == "model_config" ? "" : place);
      if (name == "model_config" || name == "training_config")
        audit_required_config(text, config_place, ConfigSource::hdf5, report_);
      else if (!trim(text).starts_with('{') || !audit_config(text, config_place, ConfigSource::hdf5, report_))
        check_text(text, place);
    }
  }

  const AuditPart& part_;
  std::string place_;
  AuditReport& report_;
  std::vector<std::string> pending_;  ///< paths
  std::set<haddr_t> seen_;
};

}  // namespace

void audit_hdf5(const AuditPart& part, const std::string& place, AuditReport& report) {
  const Hdf5Lock lock;
  register_lzf_filter();
  const Hdf5Id access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
  const Hdf5Id id(open_hdf5_part(part.file(), part.extent(), access.get()), H5Fclose);
  if (id) return Hdf5Audit(part, place, report).walk(id);
  if (place.empty()) throw_input("{}: damaged HDF5: truncated, or its header is broken", part.file().path());
  report.add("damaged", place, "no HDF5 file: truncated, or its header is broken");
}

}  // namespace nv
