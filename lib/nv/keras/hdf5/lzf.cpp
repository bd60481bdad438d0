#include "nv/keras/hdf5/lzf.h"

#include <hdf5.h>

#include <algorithm>
#include <memory>

namespace nv {

namespace {

constexpr std::size_t first_room = std::size_t{1} << 16;
constexpr std::size_t most_room = std::size_t{1} << 32;  // HDF5's limit of a chunk's size

struct Free {
  void operator()(void* p) const { H5free_memory(p); }
};

/// A decompressed block in memory that the library can free.
struct Unpacked {
  std::unique_ptr<void, Free> bytes;
  std::size_t size = 0;
};

/// Null if the block is damaged, or needs more than `room` bytes.
Unpacked unpack(std::span<const std::byte> block, std::size_t room) {
  Unpacked u{std::unique_ptr<void, Free>(H5allocate_memory(room, false))};
  const auto n = u.bytes ? unpack_lzf(block, {static_cast<std::byte*>(u.bytes.get()), room}) : std::nullopt;
  return n ? Unpacked{std::move(u.bytes), *n} : Unpacked{};
}

/// The same for a block whose size is not known.
Unpacked unpack(std::span<const std::byte> block) {
  // Three bytes of LZF decompress to at most 264.
  const std::size_t most = std::min(most_room, (block.size() + 2) / 3 * 264);
  for (std::size_t room = std::min(first_room, most);; room = std::min(2 * room, most)) {
    Unpacked u = unpack(block, room);
    if (u.bytes || room == most) return u;
  }
}

/// H5Z_func_t. Returns the number of bytes in `*buffer`; 0 for failure.
std::size_t filter(unsigned flags, std::size_t count, const unsigned* parameters, std::size_t bytes,
                   std::size_t* buffer_size, void** buffer) {
  if ((flags & H5Z_FLAG_REVERSE) == 0) return 0;  // compression is not implemented
  // h5py's third parameter is the size of a chunk, of which the library reads all.
  const std::size_t expected = count > 2 ? parameters[2] : 0;
  const std::span block(static_cast<const std::byte*>(*buffer), bytes);
  Unpacked u = expected > 0 ? unpack(block, expected) : unpack(block);
  if (!u.bytes || (expected > 0 && u.size != expected)) return 0;
  H5free_memory(*buffer);
  *buffer = u.bytes.release();
  *buffer_size = u.size;
  return u.size;
}

}  // namespace

std::optional<std::size_t> unpack_lzf(std::span<const std::byte> block, std::span<std::byte> into) {
  std::size_t at = 0, made = 0;
  const auto next = [&] { return std::to_integer<std::size_t>(block[at++]); };
  while (at < block.size()) {
    const std::size_t control = next();
    if (control < 32) {  // a run of control + 1 literal bytes
      const std::size_t n = control + 1;
      if (n > block.size() - at || n > into.size() - made) return std::nullopt;
      std::copy_n(block.begin() + static_cast<std::ptrdiff_t>(at), n,
                  into.begin() + static_cast<std::ptrdiff_t>(made));
      at += n;
      made += n;
      continue;
    }
    // A copy of earlier output, from 1 to 8192 bytes back; source and copy may overlap.
    std::size_t n = control >> 5;
    if (block.size() - at < (n == 7 ? 2U : 1U)) return std::nullopt;
    if (n == 7) n += next();
    n += 2;
    const std::size_t back = ((control & 31) << 8 | next()) + 1;
    if (back > made || n > into.size() - made) return std::nullopt;
    for (; n > 0; --n, ++made) into[made] = into[made - back];
  }
  return made;
}

void register_lzf_filter() {
  static const bool registered = [] {
    const H5Z_class2_t lzf{H5Z_CLASS_T_VERS,         lzf_filter, 1,       1,
                           "LZF, as h5py writes it", nullptr,    nullptr, filter};
    return H5Zregister(&lzf) >= 0;
  }();
  (void)registered;  // if it failed, reading such a dataset fails
}

}  // namespace nv
