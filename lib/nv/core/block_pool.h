// Memory of tensors, kept from pass to pass.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

namespace nv {

/// `floats` numbers, aligned to 64 bytes, not initialised. Large blocks come from a pool of the process, to
/// which they return when their last owner is gone: pages of new memory have to be cleared by the system,
/// which takes as long as computing what is written to them. Blocks in use and kept are at most twice what
/// was once in use at the same time.
std::shared_ptr<float[]> new_block(std::int64_t floats);

/// Whether blocks are kept: not with the address sanitizer, which would not see uses of blocks that are kept.
bool keeps_blocks();

/// Returns the blocks that are kept to the system.
void release_kept_blocks();

/// Bytes of blocks that are kept, and of blocks from the pool that are in use.
struct BlockPoolSizes {
  std::size_t kept = 0, used = 0;
};
BlockPoolSizes block_pool_sizes();

}  // namespace nv
