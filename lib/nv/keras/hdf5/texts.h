// Texts in attributes and datasets. For the files that call libhdf5, under an Hdf5Lock.
#pragma once

#include <hdf5.h>

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace nv {

/// The `count` (at least 1) texts of the string type `type`; `read(memory_type, into)` calls H5Aread or
/// H5Dread. Texts of fixed length may hold zero bytes, but do not end in one; a text of variable length that
/// was never written is "". nullopt if they cannot be read, or take more than 256 MB.
std::optional<std::vector<std::string>> read_texts(hid_t type, std::size_t count,
                                                   const std::function<herr_t(hid_t, void*)>& read);

}  // namespace nv
