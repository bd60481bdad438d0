// LZF, which h5py offers besides gzip and libhdf5 lacks.
#pragma once

#include <cstddef>
#include <optional>
#include <span>

namespace nv {

/// The filter's number in HDF5, assigned to h5py by the HDF Group.
constexpr int lzf_filter = 32000;

/// Decompresses a block of LZF (Marc Lehmann's liblzf) into `into`. Returns the number of bytes; nullopt if
/// the block is damaged, or needs more room.
std::optional<std::size_t> unpack_lzf(std::span<const std::byte> block, std::span<std::byte> into);

/// Lets libhdf5 read datasets that are compressed with h5py's LZF filter. Call under an Hdf5Lock.
void register_lzf_filter();

}  // namespace nv
