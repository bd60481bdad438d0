#include "nv/core/shape.h"

#include <doctest/doctest.h>

#include "data/support.h"
#include "nv/core/sizes.h"

namespace nv {

using test::error_of;

TEST_CASE("sizes have spaces around the sign") {
  const std::int64_t sizes[] = {224, -1, 3};
  CHECK(sizes_text(sizes) == "224 x ? x 3");
  CHECK(sizes_text(sizes, " × ") == "224 × ? × 3");
  CHECK(sizes_text({}).empty());
}

TEST_CASE("negative axes count from the end") {
  const Shape s{28, 30, 3};
  CHECK(s.rank() == 3);
  CHECK(s[0] == 28);
  CHECK(s[-1] == 3);
  CHECK(s[-3] == 28);
  CHECK(s.back() == 3);
  CHECK_FALSE(s.empty());
  CHECK(Shape().empty());
}

TEST_CASE("the elements of a shape are the product of its axes") {
  CHECK(Shape{}.elements() == 1);
  CHECK(Shape{2, 3, 4}.elements() == 24);
  CHECK(Shape{2, 0, 4}.elements() == 0);
  CHECK(Shape{std::int64_t{1} << 20, std::int64_t{1} << 20}.elements() == std::int64_t{1} << 40);
}

TEST_CASE("a shape that is too large or negative is refused without overflow") {
  CHECK(error_of([] {
          (void)Shape({std::int64_t{1} << 62, 4, 4}).elements();
        }).find("too large") != std::string::npos);
  CHECK(error_of([] { (void)Shape({(std::int64_t{1} << 40) + 1}).elements(); }).find("too large") !=
        std::string::npos);
  CHECK(error_of([] { Shape({1, -2}); }).find("-2") != std::string::npos);
  CHECK(error_of([] { Shape({1, 1, 1, 1, 1, 1, 1, 1, 1}); }).find("9 axes") != std::string::npos);
}

TEST_CASE("an unknown axis is written as ?, and the shape has no number of elements") {
  const Shape s{Shape::unknown, 3};
  CHECK_FALSE(s.known());
  CHECK(Shape{4, 3}.known());
  CHECK(s.str() == "? x 3");
  CHECK(error_of([&] { (void)s.elements(); }).find("? x 3") != std::string::npos);
}

TEST_CASE("a shape as text") {
  CHECK(Shape{28, 28, 1}.str() == "28 x 28 x 1");
  CHECK(Shape{28, 28, 1}.str(",") == "28,28,1");
  CHECK(Shape{}.str() == "scalar");
}

TEST_CASE("adding and removing the batch axis") {
  const Shape item{4, 5};
  CHECK(item.batched(3) == Shape{3, 4, 5});
  CHECK(item.batched(3).item() == item);
  CHECK(Shape{}.batched(2) == Shape{2});
  CHECK(Shape{2}.item() == Shape{});
  CHECK(error_of([] {
          (void)Shape({1, 1, 1, 1, 1, 1, 1, 1}).batched(2);
        }).find("9 axes") != std::string::npos);
}

TEST_CASE("shapes are equal if their axes are") {
  CHECK(Shape{2, 3} == Shape{2, 3});
  CHECK_FALSE(Shape{2, 3} == Shape{3, 2});
  CHECK_FALSE(Shape{2} == Shape{2, 1});
}

}  // namespace nv
