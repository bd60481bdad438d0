#include "nv/core/tensor.h"

#include <algorithm>

#include "nv/core/block_pool.h"
#include "nv/core/error.h"

namespace nv {

Tensor::Tensor(const Shape& shape) : shape_(shape), size_(shape.elements()) {
  storage_ = new_block(size_);
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

Tensor Tensor::view(const Shape& shape, const std::shared_ptr<const void>& owner, const float* numbers) {
  Tensor t;
  t.shape_ = shape;
  t.size_ = shape.elements();
  t.data_ = const_cast<float*>(numbers);
  t.storage_ = std::shared_ptr<float[]>(std::const_pointer_cast<void>(owner), t.data_);
  return t;
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
