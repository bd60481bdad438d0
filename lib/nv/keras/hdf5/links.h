// Follows paths of an HDF5 file link by link, and reports how datasets are stored. For the files that call
// libhdf5, under an Hdf5Lock.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "nv/keras/hdf5/file.h"
#include "nv/keras/hdf5/handle.h"

namespace nv {

/// The components of a path without those that are empty or ".", which the library skips too: a layer may be
/// named so.
std::vector<std::string> path_parts(const std::string& path);

/// The object at `path` below `start`, a group of `root`; no id if a link on the way is missing. Follows only
/// hard and soft links, so no other file is opened. Throws Error(input) that begins with `file` and names the
/// path `shown`: links of another kind, or soft links in a circle.
Hdf5Id find_object(hid_t root, hid_t start, const std::string& path, const std::string& file,
                   const std::string& shown);

/// The links of a group as the library lists them. Throws nothing, since the library calls back.
struct ListedLinks {
  std::vector<std::pair<std::string, H5L_info_t>> links;
  bool whole = false;  ///< false if they cannot be listed to the end
};
ListedLinks list_links(hid_t group, H5_iter_order_t order);

/// The links of a group, sorted by name. Throws Error(input) if they cannot be listed.
std::vector<LinkInfo> links_of(hid_t group, const std::string& path, const std::string& file);

/// Where and how the numbers of a dataset are stored.
DatasetStorage storage_of(hid_t dataset);

/// Throws Error(input) if the numbers of the dataset are in another file, or compressed with a filter that is
/// not built in.
void check_storage(hid_t dataset, const std::string& path, const std::string& file);

}  // namespace nv
