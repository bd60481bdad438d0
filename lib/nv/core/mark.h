// What files of nv say inside, so that nv knows them again.
#pragma once

#include <string_view>

namespace nv {

/// In HDF5 files an attribute of the root, in .keras archives a key of the metadata, of .npz archives the
/// comment, of pages the generator. Pictures name the program as "nv VERSION", JSON its schema.
inline constexpr const char* mark_key = "made_by";
inline constexpr const char* mark_value = "neuralvis-nv";

/// Whether a file of nv (of any version) begins and ends like this. `head`: its first 64 KB, or all; `tail`:
/// its last 4 KB, or all. Known are PNG, SVG, PDF, HTML, JSON, HDF5, .keras and .npz; anything else is not
/// nv's.
bool has_mark(std::string_view head, std::string_view tail);

}  // namespace nv
