#include "nv/core/base64.h"

#include <doctest/doctest.h>

#include <string>

using namespace nv;

TEST_CASE("base64 as in RFC 4648") {
  const auto of = [](const std::string& text) { return base64(std::as_bytes(std::span(text))); };
  CHECK(of("").empty());
  CHECK(of("f") == "Zg==");
  CHECK(of("fo") == "Zm8=");
  CHECK(of("foo") == "Zm9v");
  CHECK(of("foobar") == "Zm9vYmFy");
  CHECK(of("\xff\xfe\xfd") == "//79");
}
