// The mark inside files that nv writes, by which it recognises them.
#pragma once

#include <string_view>

namespace nv {

/// An attribute of the root group of HDF5 files, a key of the metadata of .keras archives, the comment of
/// .npz archives, the generator of HTML pages. Pictures name the program as "nv VERSION", JSON its schema.
inline constexpr const char* mark_key = "made_by";
inline constexpr const char* mark_value = "neuralvis-nv";

/// Whether a file was written by nv, of any version: PNG, SVG, PDF, HTML, JSON, HDF5, .keras or .npz with the
/// mark. `head`: its first 64 KB, or all of it; `tail`: its last 4 KB, or all of it.
bool has_mark(std::string_view head, std::string_view tail);

}  // namespace nv
