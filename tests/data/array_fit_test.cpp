#include "nv/data/array_fit.h"

#include <doctest/doctest.h>

using namespace nv;

namespace {

constexpr ScalarType floats = ScalarType::float32;

InputSpec spec(std::initializer_list<std::int64_t> axes, bool channels_first = false) {
  InputSpec s{"x", Shape(std::vector<std::int64_t>(axes.size(), 0)), channels_first};
  int axis = 0;
  for (const std::int64_t n : axes) s.shape[axis++] = n;
  return s;
}

void check_fit(const Shape& array, const InputSpec& model, std::int64_t items, bool batch, const Shape& item,
               ScalarType type = floats) {
  CAPTURE(array.str());
  const auto fit = fit_array(array, type, model);
  REQUIRE(fit);
  CHECK(fit->items == items);
  CHECK(fit->batch == batch);
  CHECK(fit->item == item);
}

}  // namespace

TEST_CASE("array fit: one item, or a batch if there is one more axis") {
  check_fit({28, 28, 1}, spec({28, 28, 1}), 1, false, {28, 28, 1});
  check_fit({5, 28, 28, 1}, spec({28, 28, 1}), 5, true, {28, 28, 1});
  check_fit({1, 28, 28, 1}, spec({28, 28, 1}), 1, true, {28, 28, 1});
  check_fit({7}, spec({7}), 1, false, {7});
}

TEST_CASE("array fit: a missing channel axis of 1 is added") {
  check_fit({28, 28}, spec({28, 28, 1}), 1, false, {28, 28, 1});
  check_fit({5, 28, 28}, spec({28, 28, 1}), 5, true, {28, 28, 1});
  check_fit({5, 28, 28}, spec({1, 28, 28}, true), 5, true, {1, 28, 28});
  check_fit({9}, spec({1}), 9, true, {1});
}

TEST_CASE("array fit: axes of any size") {
  check_fit({30, 40, 3}, spec({-1, -1, 3}), 1, false, {30, 40, 3});
  check_fit({2, 30, 40, 3}, spec({-1, -1, 3}), 2, true, {30, 40, 3});
  check_fit({2, 30, 40}, spec({-1, -1, 1}), 2, true, {30, 40, 1});
}

TEST_CASE("array fit: uint8 pictures fill a vector, other arrays do not") {
  check_fit({28, 28}, spec({784}), 1, false, {784}, ScalarType::uint8);
  check_fit({6, 28, 28}, spec({784}), 6, true, {784}, ScalarType::uint8);
  CHECK_FALSE(fit_array(Shape{6, 28, 28}, floats, spec({784})));
}

TEST_CASE("array fit: no fit for another size") {
  CHECK_FALSE(fit_array(Shape{32, 32, 3}, floats, spec({28, 28, 1})));
  CHECK_FALSE(fit_array(Shape{2, 5, 28, 28, 1}, floats, spec({28, 28, 1})));
  CHECK_FALSE(fit_array(Shape{28, 28}, floats, spec({28, 28, 3})));
}
