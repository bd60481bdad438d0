// LZF, the compression that h5py offers beside gzip. libhdf5 does not have it.
#pragma once

#include <cstddef>
#include <optional>
#include <span>

namespace nv {

/// The number of the filter in HDF5, given to h5py by the HDF Group.
constexpr int lzf_filter = 32000;

/// Unpacks a block of LZF (Marc Lehmann's liblzf) into `into`. Returns how many bytes that made; nullopt
/// where the block is damaged, or makes more than there is room for.
std::optional<std::size_t> unpack_lzf(std::span<const std::byte> block, std::span<std::byte> into);

/// Makes libhdf5 read datasets that are compressed with h5py's LZF filter (number 32000). Under a Hdf5Lock.
void register_lzf_filter();

}  // namespace nv
