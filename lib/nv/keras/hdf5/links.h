// Paths of an HDF5 file followed link by link, and how its datasets are kept. For the files that call
// libhdf5; hold an Hdf5Lock around every call.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "nv/keras/hdf5/file.h"
#include "nv/keras/hdf5/handle.h"

namespace nv {

/// The components of a path. Like the library, and so like those who wrote the file, it passes over those
/// that are empty or ".": a layer may be named so.
std::vector<std::string> path_parts(const std::string& path);

/// The object at `path` below `start`, a group of `root`; no id where a link on the way is missing. Follows
/// hard and soft links alone: no other file is opened. Throws Error(input) with `file` in front for links of
/// any other kind, and for soft links that lead in a circle; `shown` is the path to name there.
Hdf5Id find_object(hid_t root, hid_t start, const std::string& path, const std::string& file,
                   const std::string& shown);

/// The links of a group as the library lists them: nothing is thrown through it.
struct ListedLinks {
  std::vector<std::pair<std::string, H5L_info_t>> links;
  bool whole = false;  ///< false where they cannot be listed to the end
};
ListedLinks list_links(hid_t group, H5_iter_order_t order);

/// The links of a group, sorted by name. Throws Error(input) where they cannot be listed.
std::vector<LinkInfo> links_of(hid_t group, const std::string& path, const std::string& file);

DatasetStorage storage_of(hid_t dataset);

/// Throws Error(input) where the numbers of the dataset are to come from another file, or from a filter that
/// is not built in.
void check_storage(hid_t dataset, const std::string& path, const std::string& file);

}  // namespace nv
