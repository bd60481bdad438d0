#include "nv/core/block_pool.h"

#include <sys/mman.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <mutex>
#include <new>
#include <utility>
#include <vector>

namespace nv {

namespace {

constexpr std::size_t alignment = 64, page = 4096, huge_page = std::size_t{2} << 20;
constexpr std::size_t least_pooled = std::size_t{64} << 10;  // smaller ones stay with malloc
constexpr std::size_t least_huge = 4 * huge_page;            // so that rounding costs a fifth at most

std::size_t rounded(std::size_t bytes) {
  const std::size_t step = bytes >= least_huge ? huge_page : page;
  return (bytes + step - 1) / step * step;
}

/// Large blocks in huge pages, where the system has them: some thousands of small ones take milliseconds.
void* allocate(std::size_t bytes) {
  void* const block = std::aligned_alloc(bytes >= least_huge ? huge_page : page, bytes);
  if (block == nullptr) throw std::bad_alloc();
#ifdef MADV_HUGEPAGE
  if (bytes >= least_huge) (void)madvise(block, bytes, MADV_HUGEPAGE);
#endif
  return block;
}

class BlockPool {
 public:
  /// A block and its size, which is at least `bytes`.
  std::pair<void*, std::size_t> take(std::size_t bytes) {
    std::lock_guard lock(mutex_);
    // The smallest block that fits, if it is not much larger; of equal ones that freed last, which may still
    // be in the cache.
    const auto found = free_.lower_bound(bytes);
    if (found != free_.end() && found->first <= bytes + bytes / 4) {
      const std::pair<void*, std::size_t> block = taken(found);
      count_used(block.second);
      return block;
    }
    count_used(bytes);
    // Twice, so that the outputs of a pass of which little is kept, each of another size, need not displace
    // each other.
    while (!free_.empty() && used_ + kept_ > 2 * most_used_) std::free(taken(std::prev(free_.end())).first);
    try {
      return {allocate(bytes), bytes};
    } catch (...) {
      used_ -= bytes;
      throw;
    }
  }

  void give_back(void* block, std::size_t size) noexcept {
    std::lock_guard lock(mutex_);
    used_ -= size;
    try {
      if (keeps_blocks()) {
        free_[size].push_back(block);
        kept_ += size;
        return;
      }
    } catch (const std::bad_alloc&) {  // of the list
    }
    std::free(block);
  }

  void release() {
    std::lock_guard lock(mutex_);
    for (const auto& [size, blocks] : free_)
      for (void* block : blocks) std::free(block);
    free_.clear();
    kept_ = 0;
    most_used_ = used_;
  }

  BlockPoolSizes sizes() {
    std::lock_guard lock(mutex_);
    return {kept_, used_};
  }

 private:
  using Free = std::map<std::size_t, std::vector<void*>>;

  std::pair<void*, std::size_t> taken(Free::iterator at) {
    const std::size_t size = at->first;
    void* const block = at->second.back();
    at->second.pop_back();
    if (at->second.empty()) free_.erase(at);
    kept_ -= size;
    return {block, size};
  }
  void count_used(std::size_t bytes) {
    used_ += bytes;
    most_used_ = std::max(most_used_, used_);
  }

  std::mutex mutex_;
  Free free_;
  std::size_t kept_ = 0, used_ = 0, most_used_ = 0;
};

/// Never destroyed: tensors may outlive it otherwise.
BlockPool& pool() {
  static BlockPool& pool = *new BlockPool;
  return pool;
}

}  // namespace

std::shared_ptr<float[]> new_block(std::int64_t floats) {
  std::size_t bytes = static_cast<std::size_t>(std::max<std::int64_t>(floats, 1)) * sizeof(float);
  if (bytes >= least_pooled) {
    const auto [block, size] = pool().take(rounded(bytes));
    return {static_cast<float*>(block), [size = size](float* p) { pool().give_back(p, size); }};
  }
  // One block with the reference count: aligned_alloc takes several times as long.
  std::size_t room = bytes + alignment;
  const auto block = std::make_shared_for_overwrite<std::byte[]>(room);
  void* start = block.get();
  return {block, static_cast<float*>(std::align(alignment, bytes, start, room))};
}

bool keeps_blocks() {
#if defined(__SANITIZE_ADDRESS__)
  return false;
#else
  return true;
#endif
}

void release_kept_blocks() {
  pool().release();
}

BlockPoolSizes block_pool_sizes() {
  return pool().sizes();
}

}  // namespace nv
