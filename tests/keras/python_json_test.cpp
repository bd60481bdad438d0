#include "nv/keras/python_json.h"

#include <doctest/doctest.h>

#include <limits>
#include <nlohmann/json.hpp>
#include <string>

namespace nv::test {

using Json = nlohmann::ordered_json;

TEST_CASE("JSON reads as JSON, with its keys in their order") {
  const auto json = parse_python_json(R"({"b": [1, -2.5, "x\"y", null], "a": {}})");
  REQUIRE(json);
  CHECK(json->dump() == R"({"b":[1,-2.5,"x\"y",null],"a":{}})");
}

TEST_CASE("Python's NaN and infinities are numbers, but not in strings") {
  const auto json = parse_python_json(R"([NaN, Infinity, -Infinity, "NaN", "-Infinity\\", "a\"NaN"])");
  REQUIRE(json);
  constexpr float most = std::numeric_limits<float>::max();
  CHECK((*json)[0].is_null());
  CHECK((*json)[1].get<float>() == most);
  CHECK((*json)[2].get<float>() == -most);
  CHECK((*json)[3] == "NaN");
  CHECK((*json)[4] == "-Infinity\\");
  CHECK((*json)[5] == "a\"NaN");
}

TEST_CASE("text that is not JSON is refused") {
  for (const char* text :
       {"", "{", "nan", "Infinit", "[1,]", "\"", "\"\\", "{\"a\": \xff}", "[1] 2", "]]]"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_python_json(text));
  }
}

TEST_CASE("text that is nested too deeply is refused, brackets in strings do not count") {
  const auto nested = [](std::size_t n) { return std::string(n, '[') + std::string(n, ']'); };
  CHECK(parse_python_json(nested(1000)));
  CHECK_FALSE(parse_python_json(nested(1001)));
  CHECK_FALSE(parse_python_json(std::string(10'000'000, '[')));
  CHECK(parse_python_json('"' + nested(5000) + '"'));
}

}  // namespace nv::test
