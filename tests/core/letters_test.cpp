#include "nv/core/letters.h"

#include <doctest/doctest.h>

namespace nv {

TEST_CASE("Chinese, Japanese and Korean letters take two columns, marks none") {
  CHECK(display_width("conv1") == 5);
  CHECK(display_width("猫 cat") == 6);
  CHECK(display_width("고양이") == 6);
  CHECK(display_width("ネコ、") == 6);
  CHECK(display_width("cafe\u0301") == 4);
  CHECK(display_width("слой ×") == 6);
  CHECK(display_width("\U0001F600") == 2);
  CHECK(display_width("\xff") == 1);
  CHECK(display_width("") == 0);
}

TEST_CASE("lines break beside Chinese and Japanese letters, but not before a comma nor after a bracket") {
  CHECK(breaks_between(U'猫', U'犬'));
  CHECK(breaks_between(U'猫', U'a'));
  CHECK(breaks_between(U'a', U'猫'));
  CHECK_FALSE(breaks_between(U'a', U'b'));
  CHECK_FALSE(breaks_between(U'猫', U'、'));
  CHECK_FALSE(breaks_between(U'「', U'猫'));
  CHECK_FALSE(breaks_between(U'ネ', U'ー'));
}

}  // namespace nv
