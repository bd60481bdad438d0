#include "nv/keras/hdf5/part.h"

#include <algorithm>
#include <cstring>
#include <functional>
#include <limits>
#include <memory>

#include "nv/core/error.h"

namespace nv {

namespace {

/// State of an open file in a driver of libhdf5's virtual file layer; the library's own part must come first.
struct PartFile {
  H5FD_t library;
  const FileReader* reader;
  Extent part;
  haddr_t end_of_addresses;
};

/// Parameters of open_part: H5Fopen passes on only a name. Set and used with the library's lock held.
const FileReader* opening = nullptr;
Extent opening_part;

H5FD_t* open_part(const char*, unsigned flags, hid_t, haddr_t) {
  if (opening == nullptr || (flags & H5F_ACC_RDWR) != 0) return nullptr;
  auto file = std::make_unique<PartFile>();
  file->reader = opening;
  file->part = opening_part;
  return &file.release()->library;
}

PartFile& of(H5FD_t* file) {
  return *reinterpret_cast<PartFile*>(file);
}
const PartFile& of(const H5FD_t* file) {
  return *reinterpret_cast<const PartFile*>(file);
}

herr_t close_part(H5FD_t* file) {
  delete &of(file);
  return 0;
}

int compare_parts(const H5FD_t* a, const H5FD_t* b) {
  return std::less<>()(a, b) ? -1 : a == b ? 0 : 1;
}

herr_t features(const H5FD_t*, unsigned long* flags) {
  if (flags != nullptr) *flags = H5FD_FEAT_AGGREGATE_METADATA | H5FD_FEAT_DATA_SIEVE;
  return 0;
}

haddr_t end_of_addresses(const H5FD_t* file, H5FD_mem_t) {
  return of(file).end_of_addresses;
}

herr_t set_end_of_addresses(H5FD_t* file, H5FD_mem_t, haddr_t end) {
  of(file).end_of_addresses = end;
  return 0;
}

haddr_t end_of_file(const H5FD_t* file, H5FD_mem_t) {
  return of(file).part.size;
}

/// Bytes after the end read as zeros, as in the library's own drivers.
herr_t read_part(H5FD_t* file, H5FD_mem_t, hid_t, haddr_t at, std::size_t size, void* into) {
  const Extent& part = of(file).part;
  const std::size_t there =
      at >= part.size ? 0 : static_cast<std::size_t>(std::min<std::uint64_t>(size, part.size - at));
  auto* bytes = static_cast<std::byte*>(into);
  std::memset(bytes + there, 0, size - there);
  try {
    of(file).reader->read(part.offset + at, {bytes, there});
  } catch (const Error&) {
    return -1;
  }
  return 0;
}

herr_t no_write(H5FD_t*, H5FD_mem_t, hid_t, haddr_t, std::size_t, const void*) {
  return -1;
}

H5FD_class_t part_driver() {
  H5FD_class_t driver{};
  driver.name = "nv_part";
  driver.maxaddr = static_cast<haddr_t>(std::numeric_limits<std::int64_t>::max());
  driver.fc_degree = H5F_CLOSE_WEAK;
  driver.open = open_part;
  driver.close = close_part;
  driver.cmp = compare_parts;
  driver.query = features;
  driver.get_eoa = end_of_addresses;
  driver.set_eoa = set_end_of_addresses;
  driver.get_eof = end_of_file;
  driver.read = read_part;
  driver.write = no_write;
  const H5FD_mem_t types[] = H5FD_FLMAP_DICHOTOMY;
  std::memcpy(driver.fl_map, types, sizeof types);
  return driver;
}

}  // namespace

hid_t open_hdf5_part(const FileReader& reader, const Extent& part, hid_t access_of_files) {
  if (part.offset > reader.size() || part.size > reader.size() - part.offset) return -1;
  static const H5FD_class_t driver = part_driver();
  static const hid_t id = H5FDregister(&driver);
  const hid_t access = H5Pcopy(access_of_files);
  opening = &reader;
  opening_part = part;
  hid_t file = -1;
  if (access >= 0 && H5Pset_driver(access, id, nullptr) >= 0)
    file = H5Fopen(reader.path().c_str(), H5F_ACC_RDONLY, access);
  opening = nullptr;
  H5Pclose(access);
  return file;
}

}  // namespace nv
