#include "nv/core/tensor.h"

#include <doctest/doctest.h>

#include <array>
#include <cstdint>
#include <vector>

#include "data/support.h"

namespace nv {

using test::error_of;

namespace {
Tensor counting(const Shape& shape) {
  Tensor t(shape);
  for (std::int64_t i = 0; i < t.size(); ++i) t[i] = static_cast<float>(i);
  return t;
}
}  // namespace

TEST_CASE("a tensor holds its values in C order, in storage aligned for vector instructions") {
  const std::array values{1.0F, 2.0F, 3.0F, 4.0F, 5.0F, 6.0F};
  const Tensor t(Shape{2, 3}, values);
  CHECK(t.size() == 6);
  CHECK(t[5] == 6.0F);
  CHECK(reinterpret_cast<std::uintptr_t>(t.data()) % 64 == 0);
  CHECK(Tensor(Shape{3}, 2.5F)[2] == 2.5F);
  CHECK(Tensor(Shape{}, 7.0F).size() == 1);
}

TEST_CASE("a number of values that does not fit the shape is refused") {
  const std::array values{1.0F, 2.0F, 3.0F};
  CHECK(error_of([&] { Tensor(Shape{2, 2}, values); }) == "3 numbers do not fill a tensor of 2 x 2");
}

TEST_CASE("a default tensor is empty, one of size 0 is not") {
  CHECK(Tensor().empty());
  CHECK(Tensor().clone().empty());
  CHECK_FALSE(Tensor(Shape{0, 3}).empty());
  CHECK(Tensor(Shape{0, 3}).size() == 0);
}

TEST_CASE("copies, reshaped tensors and items share storage, a clone does not") {
  Tensor t = counting({2, 2, 3});
  Tensor copy = t, flat = t.reshaped({12}), second = t.item(1), clone = t.clone();
  CHECK(second.shape() == Shape{2, 3});
  CHECK(second[0] == 6.0F);
  t[6] = 100;
  CHECK(copy[6] == 100.0F);
  CHECK(flat[6] == 100.0F);
  CHECK(second[0] == 100.0F);
  CHECK(clone[6] == 6.0F);
  CHECK(clone.shape() == t.shape());
}

TEST_CASE("an item outlives the tensor it was taken from") {
  Tensor item;
  {
    const Tensor whole = counting({3, 2});
    item = whole.item(2);
  }
  CHECK(item[0] == 4.0F);
  CHECK(item[1] == 5.0F);
}

TEST_CASE("reshaping keeps the number of elements") {
  CHECK(error_of([] { (void)Tensor(Shape{2, 3}).reshaped({5}); }) == "2 x 3 cannot become 5");
}

TEST_CASE("items along the batch axis are a smaller batch") {
  const Tensor t = counting({4, 2});
  const Tensor middle = t.items(1, 2);
  CHECK(middle.shape() == Shape{2, 2});
  CHECK(middle.size() == 4);
  CHECK(middle[0] == 2.0F);
  CHECK(middle[3] == 5.0F);
  CHECK(t.items(4, 0).size() == 0);
}

TEST_CASE("stacked items become a batch in their order") {
  const std::vector<Tensor> items{counting({2}), Tensor(Shape{2}, 9.0F)};
  const Tensor batch = stack(items);
  CHECK(batch.shape() == Shape{2, 2});
  CHECK(batch[1] == 1.0F);
  CHECK(batch[2] == 9.0F);
  CHECK(stack(std::span(items).first(1)).shape() == Shape{1, 2});
  CHECK(stack({}).empty());
}

}  // namespace nv
