#include "nv/core/tensor.h"

#include <sys/mman.h>

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <new>

#include "nv/core/error.h"

namespace nv {

namespace {
constexpr std::size_t huge_page = std::size_t{2} << 20;

/// In huge pages, where the system has them: some thousands of small ones take milliseconds to get.
std::shared_ptr<float[]> allocate_huge(std::size_t bytes) {
  const std::size_t room = (bytes + huge_page - 1) / huge_page * huge_page;
  void* const block = std::aligned_alloc(huge_page, room);
  if (block == nullptr) throw std::bad_alloc();
#ifdef MADV_HUGEPAGE
  (void)madvise(block, room, MADV_HUGEPAGE);
#endif
  return {static_cast<float*>(block), [](float* p) { std::free(p); }};
}

/// One block with the reference count: aligned_alloc takes several times as long.
std::shared_ptr<float[]> allocate(std::int64_t n) {
  constexpr std::size_t alignment = 64;
  std::size_t bytes = static_cast<std::size_t>(std::max<std::int64_t>(n, 1)) * sizeof(float);
  if (bytes >= 4 * huge_page) return allocate_huge(bytes);
  std::size_t room = bytes + alignment;
  const auto block = std::make_shared_for_overwrite<std::byte[]>(room);
  void* start = block.get();
  return {block, static_cast<float*>(std::align(alignment, bytes, start, room))};
}
}  // namespace

Tensor::Tensor(const Shape& shape) : shape_(shape), size_(shape.elements()) {
  storage_ = allocate(size_);
  data_ = storage_.get();
}

Tensor::Tensor(const Shape& shape, float fill) : Tensor(shape) {
  std::ranges::fill(values(), fill);
}

Tensor::Tensor(const Shape& shape, std::span<const float> values) : Tensor(shape) {
  if (static_cast<std::int64_t>(values.size()) != size_)
    throw_input("{} numbers do not fill a tensor of {}", values.size(), shape.str());
  std::ranges::copy(values, data_);
}

Tensor Tensor::reshaped(const Shape& shape) const {
  if (shape.elements() != size_) throw_input("{} cannot become {}", shape_.str(), shape.str());
  Tensor t = *this;
  t.shape_ = shape;
  return t;
}

Tensor Tensor::item(std::int64_t i) const {
  Tensor t = items(i, 1);
  t.shape_ = shape_.item();
  return t;
}

Tensor Tensor::items(std::int64_t first, std::int64_t count) const {
  assert(shape_.rank() > 0 && first >= 0 && first + count <= shape_[0]);
  const std::int64_t stride = shape_[0] == 0 ? 0 : size_ / shape_[0];
  Tensor t = *this;
  t.data_ = data_ + first * stride;
  t.shape_[0] = count;
  t.size_ = count * stride;
  return t;
}

Tensor Tensor::clone() const {
  if (empty()) return {};
  return Tensor(shape_, values());
}

Tensor stack(std::span<const Tensor> items) {
  if (items.empty()) return {};
  if (items.size() == 1) return items[0].reshaped(items[0].shape().batched(1));
  Tensor joined(items[0].shape().batched(static_cast<std::int64_t>(items.size())));
  float* to = joined.data();
  for (const Tensor& t : items) {
    assert(t.shape() == items[0].shape());
    to = std::ranges::copy(t.values(), to).out;
  }
  return joined;
}

}  // namespace nv
