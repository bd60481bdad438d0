#include "nv/layers/options.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "layers/support.h"

namespace nv::test {

namespace {

const Origin origin{3, ""};

/// The error of reading options from a literal.
template <typename Read>
std::string complaint_of(const std::string& json, const Read& read) {
  const LayerSpec s = spec("Kind", json);
  return complaint([&] {
    LayerOptions o(s, origin);
    read(o);
    o.finish();
  });
}

}  // namespace

TEST_CASE("options are read by type, with a fallback where they are absent or null") {
  const LayerSpec s = spec("Kind", R"({"n": 3, "x": 0.5, "yes": true, "name": "abc", "nothing": null})");
  LayerOptions o(s, origin);
  CHECK(o.integer("n") == 3);
  CHECK(o.integer("absent", 7) == 7);
  CHECK(o.integer("nothing", 7) == 7);
  CHECK(o.number("x") == 0.5);
  CHECK(o.number("n") == 3.0);
  CHECK(o.number("absent", 1.5) == 1.5);
  CHECK(o.flag("yes", false));
  CHECK(o.flag("absent", true));
  CHECK(o.flag("n", false));
  CHECK(o.text("name", "") == "abc");
  CHECK(o.text("absent", "x") == "x");
  CHECK(o.has("n"));
  CHECK_FALSE(o.has("nothing"));
  CHECK_FALSE(o.has("absent"));
  CHECK(o.kind() == "Kind");
  CHECK_NOTHROW(o.finish());
}

TEST_CASE("lists may be single numbers, and sizes by axis too") {
  const LayerSpec s =
      spec("Kind", R"({"one": 4, "two": [1, 2], "many": [1, 2, 3], "whole": [2.0, 3.0], "x": [0.5, 1]})");
  LayerOptions o(s, origin);
  using List = std::vector<std::int64_t>;
  CHECK(o.integers("one") == List{4});
  CHECK(o.integers("many") == List{1, 2, 3});
  CHECK(o.integers("whole") == List{2, 3});
  CHECK(o.integers("absent", {9}) == List{9});
  CHECK(o.sizes("one", 2) == List{4, 4});
  CHECK(o.sizes("two", 2) == List{1, 2});
  CHECK(o.sizes("many", 3) == List{1, 2, 3});
  CHECK(o.sizes("one", 3) == List{4, 4, 4});
  CHECK(o.sizes("absent", 2, {5, 6}) == List{5, 6});
  CHECK(o.sizes("absent", 3, {2}) == List{2, 2, 2});
  CHECK(o.numbers("x") == std::vector<double>{0.5, 1});
  CHECK(o.numbers("one") == std::vector<double>{4});
}

TEST_CASE("a number may be TF 1's NumPy scalar") {
  const LayerSpec s = spec("Kind", R"({"x": {"type": "ndarray", "value": 0.25}})");
  LayerOptions o(s, origin);
  CHECK(o.number("x") == 0.25);
}

TEST_CASE("a value of the wrong type is an input error that shows it") {
  CHECK(complaint_of(R"({"n": "3"})", [](LayerOptions& o) { o.integer("n"); }) ==
        "input: option n is \"3\", not a whole number");
  CHECK(complaint_of(R"({"n": 2.5})", [](LayerOptions& o) { o.integer("n"); }) ==
        "input: option n is 2.5, not a whole number");
  CHECK(complaint_of(R"({"n": 1e300})", [](LayerOptions& o) {
          o.integer("n");
        }).find("input: option n is 1e+300") == 0);
  CHECK(complaint_of(R"({"n": 18446744073709551615})", [](LayerOptions& o) {
          o.integer("n");
        }).find("input: option n") == 0);
  CHECK(complaint_of(R"({"n": 2147483648})", [](LayerOptions& o) {
          o.integer("n");
        }).find("input: option n") == 0);
  CHECK(complaint_of("{}", [](LayerOptions& o) { o.integer("n"); }) ==
        "input: option n is absent, not a whole number");
  CHECK(complaint_of(R"({"x": []})", [](LayerOptions& o) { o.number("x"); }) ==
        "input: option x is [], not a number");
  CHECK(complaint_of(R"({"f": "no"})", [](LayerOptions& o) { o.flag("f", true); }) ==
        "input: option f is \"no\", not true or false");
  CHECK(complaint_of(R"({"t": 1})", [](LayerOptions& o) { o.text("t", ""); }) ==
        "input: option t is 1, not a text");
  CHECK(complaint_of(R"({"p": []})", [](LayerOptions& o) {
          o.sizes("p", 2);
        }).find("input: option p is []") == 0);
  CHECK(complaint_of(R"({"p": [0, 1]})", [](LayerOptions& o) {
          o.sizes("p", 2);
        }).find("input: option p is [0,1]") == 0);
  CHECK(complaint_of(R"({"l": [1, null]})", [](LayerOptions& o) {
          o.integers("l");
        }).find("input: option l is [1,null]") == 0);
  CHECK(complaint_of(R"({"l": [1, "a"]})", [](LayerOptions& o) { o.numbers("l"); }).find("input: option l") ==
        0);
  CHECK(complaint_of(R"({"a": {"x": 1}})", [](LayerOptions& o) {
          o.activation("a");
        }).find("input: option a is") == 0);
}

TEST_CASE("a long or malformed value is shortened, on one line, in UTF-8") {
  LayerSpec s = spec("Kind");
  s.config = Config(nlohmann::ordered_json{{"n", std::string(500, 'a')}, {"bad", "\xFF\n"}});
  LayerOptions o(s, origin);
  const std::string what = complaint([&] { o.integer("n"); });
  CHECK(what.size() < 120);
  CHECK(complaint([&] { o.integer("bad"); }) == "input: option bad is \"\uFFFD\\n\", not a whole number");
}

TEST_CASE("a choice that is not on the list is not supported") {
  CHECK(complaint_of(R"({"c": "b"})", [](LayerOptions& o) { o.choice("c", "a", {"a", "b"}); }).empty());
  CHECK(complaint_of(R"({"c": "z"})", [](LayerOptions& o) {
          o.choice("c", "a", {"a", "b"});
        }) == "unsupported: option c: 'z' is not supported");
}

TEST_CASE("an option that is not read is not supported, by name") {
  const auto nothing = [](LayerOptions&) {};
  CHECK(complaint_of(R"({"surprise": 1})", nothing) == "unsupported: option 'surprise' is not supported");
  CHECK(complaint_of(R"({"surprise": false})", nothing) == "unsupported: option 'surprise' is not supported");
  CHECK(complaint_of(R"({"surprise": null})", nothing).empty());
  CHECK(complaint_of(R"({"surprise": 1})", [](LayerOptions& o) { o.has("surprise"); }).empty());
  CHECK(complaint_of(R"({"surprise": 1})", [](LayerOptions& o) { o.ignore({"surprise"}); }).empty());
  CHECK(complaint_of(R"({"surprise": 1})", [](LayerOptions& o) { o.ignore_all(); }).empty());
  CHECK(complaint_of(R"({"kernel_initializer": {}, "my_regularizer": 1, "dtype": "float32", "seed": 3})",
                     nothing)
            .empty());
}

TEST_CASE("margins are one number, one per axis, or two per axis") {
  using Margins = std::vector<std::array<std::int64_t, 2>>;
  const LayerSpec s =
      spec("Kind", R"({"one": 1, "axes": [1, 2], "sides": [[1, 2], [3, 4]], "mixed": [1, [2, 3]]})");
  LayerOptions o(s, origin);
  CHECK(o.margins("one", 2, 0) == Margins{{1, 1}, {1, 1}});
  CHECK(o.margins("axes", 2, 0) == Margins{{1, 1}, {2, 2}});
  CHECK(o.margins("sides", 2, 0) == Margins{{1, 2}, {3, 4}});
  CHECK(o.margins("mixed", 2, 0) == Margins{{1, 1}, {2, 3}});
  CHECK(o.margins("absent", 2, 7) == Margins{{7, 7}, {7, 7}});
  // Of a single axis, two numbers are its sides.
  CHECK(o.margins("axes", 1, 0) == Margins{{1, 2}});
  CHECK(o.margins("one", 1, 0) == Margins{{1, 1}});
  CHECK(o.margins("one", 3, 0) == Margins{{1, 1}, {1, 1}, {1, 1}});
}

TEST_CASE("a missing activation is linear") {
  const LayerSpec s = spec("Kind", R"({"null": null})");
  LayerOptions o(s, origin);
  CHECK(o.activation("absent").linear());
  CHECK(o.activation("null").linear());
}

}  // namespace nv::test
