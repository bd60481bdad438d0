#include "nv/report/json.h"

#include <doctest/doctest.h>

#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

namespace nv {

namespace {

std::string written(float x) {
  std::string text = line(number(x));
  text.pop_back();  // the line feed
  return text;
}

float read(const std::string& text) {
  float x = 0;
  std::from_chars(text.data(), text.data() + text.size(), x);
  return x;
}

/// The digits of a number without sign, point, exponent and zeros at either end.
std::string digits(std::string text) {
  text = text.substr(0, text.find_first_of("eE"));
  std::erase_if(text, [](char c) { return c < '0' || c > '9'; });
  text.erase(0, text.find_first_not_of('0'));
  text.erase(text.find_last_not_of('0') + 1);
  return text;
}

std::string shortest(float x) {
  std::array<char, 64> text{};
  return {text.data(),
          std::to_chars(text.data(), text.data() + text.size(), x, std::chars_format::scientific).ptr};
}

}  // namespace

TEST_CASE("a float32 is written in its shortest decimal") {
  CHECK(written(0.1F) == "0.1");
  CHECK(written(0.3F) == "0.3");
  CHECK(written(1.0F / 3) == "0.33333334");
  CHECK(written(16777216.0F) == "16777216.0");
  CHECK(written(1e-7F) == "1e-07");
  CHECK(written(-2.5F) == "-2.5");
  CHECK(written(0.0F) == "0.0");
  CHECK(written(-0.0F) == "-0.0");
  CHECK(written(std::numeric_limits<float>::max()) == "3.4028235e+38");
  CHECK(written(std::numeric_limits<float>::denorm_min()) == "1e-45");
}

TEST_CASE("NaN and infinities are strings") {
  CHECK(number(NAN) == "NaN");
  CHECK(number(INFINITY) == "Infinity");
  CHECK(number(-INFINITY) == "-Infinity");
  CHECK(number(std::numeric_limits<double>::quiet_NaN()) == "NaN");
  CHECK(number(-std::numeric_limits<double>::infinity()) == "-Infinity");
}

TEST_CASE("every float32 reads back as the same bits, with no more digits than it takes") {
  std::uint32_t bits = 12345;
  int wrong = 0, longer = 0;
  for (int i = 0; i < 60'000; ++i) {
    bits = bits * 1664525U + 1013904223U;
    const float x = std::bit_cast<float>(bits);
    if (!std::isfinite(x)) continue;
    const std::string text = written(x);
    wrong += std::bit_cast<std::uint32_t>(read(text)) == bits ? 0 : 1;
    longer += digits(text) == digits(shortest(x)) ? 0 : 1;
  }
  CHECK(wrong == 0);
  CHECK(longer == 0);
}

TEST_CASE("numbers of the sizes that layers have read back as the same bits") {
  int wrong = 0;
  for (int i = 1; i < 40'000; ++i)
    for (const float x :
         {static_cast<float>(i) / 40'000, static_cast<float>(i) * 0.37F - 7000, 1.0F / static_cast<float>(i)})
      wrong += read(written(x)) == x && digits(written(x)) == digits(shortest(x)) ? 0 : 1;
  CHECK(wrong == 0);
}

TEST_CASE("a double is written in its own shortest decimal, no number is null") {
  CHECK(number(0.1).dump() == "0.1");
  CHECK(number(1.0 / 3).dump() == "0.3333333333333333");
  CHECK(number(std::optional<float>()).is_null());
  CHECK(number(std::optional<float>(0.1F)).dump() == "0.1");
}

TEST_CASE("a shape is a list, an open axis null") {
  CHECK(shape_json({28, 28, 1}).dump() == "[28,28,1]");
  CHECK(shape_json({Shape::unknown, 3}).dump() == "[null,3]");
  CHECK(shape_json({}).dump() == "[]");
}

TEST_CASE("a document is indented, its lists of numbers on one line, its keys in order") {
  Json json{{"schema", schema_id("run")},
            {"b", {1, 2, 3}},
            {"a", {{{"x", 1}}}},
            {"none", Json::array()},
            {"empty", Json::object()}};
  CHECK(document(json) == R"({
 "schema": "neuralvis/run/1",
 "b": [1,2,3],
 "a": [
  {
   "x": 1
  }
 ],
 "none": [],
 "empty": {}
}
)");
}

TEST_CASE("a document parses back to the same JSON") {
  const Json json{{"matrix", {{1, 2}, {3, 4}}},
                  {"deep", {{"list", {{{"a", {{"b", {1, {{"c", nullptr}}}}}}}}}}},
                  {"text", "line\n\"quoted\" größe"}};
  CHECK(Json::parse(document(json)) == json);
  CHECK(Json::parse(line(json)) == json);
  CHECK(line(json).find('\n') == line(json).size() - 1);
}

TEST_CASE("bytes that are no UTF-8 are replaced, in values and in keys") {
  const Json json{{"bad\xFF", "a\xC3"}, {"list", {"\xFE"}}};
  const Json back = Json::parse(document(json));
  CHECK(back.begin().key() == "bad\uFFFD");
  CHECK(back.begin().value() == "a\uFFFD");
  CHECK(Json::accept(line(json)));
}

TEST_CASE("a document written element by element is the document written at once") {
  const Json item{{"id", "a"},
                  {"shape", {28, 28, 1}},
                  {"top", {{{"index", 1}}, {{"index", 2}}}},
                  {"files", Json::object()}};
  for (const int count : {0, 1, 3})
    for (const bool tail : {false, true}) {
      Json whole{{"schema", "neuralvis/run/1"}, {"model", {{"file", "m.h5"}}}, {"defaults", nullptr}};
      ListDocument list(whole, "inputs");
      whole["inputs"] = Json::array();
      for (int i = 0; i < count; ++i) {
        list.add(item);
        whole["inputs"].push_back(item);
      }
      Json rest = Json::object();
      if (tail) rest = {{"summary", {{"inputs", count}, {"accuracy", number(NAN)}}}};
      whole.update(rest);
      CHECK(list.finish(rest) == document(whole));
    }
}

}  // namespace nv
