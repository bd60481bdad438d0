#include "nv/kernels/view.h"

#include <doctest/doctest.h>

#include "layers/support.h"

namespace nv::test {

TEST_CASE("gather reads elements in the order of a view, and scatter sums them back") {
  const Tensor x = counting({2, 3});
  View view(x.shape());
  CHECK(str(gather(x, view, {6})) == "6: 0, 1, 2, 3, 4, 5");
  view.offset = 2;
  view.axes[1].step = -1;
  CHECK(str(gather(x, view, x.shape())) == "2 x 3: 2, 1, 0, 5, 4, 3");
  CHECK(str(scatter(counting({2, 3}), view, x.shape())) == "2 x 3: 2, 1, 0, 5, 4, 3");
  view.axes = {{2, 0}, {1, 1}};
  CHECK(str(gather(x, view, {2, 1})) == "2 x 1: 2, 2");
  CHECK(str(scatter(tensor({2}, {3, 4}), view, x.shape())) == "2 x 3: 0, 0, 7, 0, 0, 0");
}

TEST_CASE("broadcasting repeats axes of size 1, and sums them back") {
  CHECK(broadcast({2, 1}, {3}).str() == "2 x 3");
  CHECK(broadcast({Shape::unknown, 1}, {1, 3}).str() == "? x 3");
  CHECK(complaint([] { (void)broadcast({2}, {3}); }) == "input: inputs of 2 and 3 do not fit together");
  CHECK(str(broadcast_to(tensor({2, 1}, {1, 2}), {2, 2})) == "2 x 2: 1, 1, 2, 2");
  CHECK(str(broadcast_to(tensor({2}, {1, 2}), {2, 2})) == "2 x 2: 1, 2, 1, 2");
  CHECK(str(sum_to(tensor({2, 2}, {1, 2, 3, 4}), {2, 1})) == "2 x 1: 3, 7");
  CHECK(str(sum_to(tensor({2, 2}, {1, 2, 3, 4}), {2})) == "2: 4, 6");
}

TEST_CASE("nothing to gather") {
  CHECK(gather(counting({2, 3}), View(Shape{0, 3}), {0, 3}).size() == 0);
  CHECK(str(scatter(Tensor(Shape{0, 3}), View(Shape{0, 3}), {1, 3})) == "1 x 3: 0, 0, 0");
}

}  // namespace nv::test
