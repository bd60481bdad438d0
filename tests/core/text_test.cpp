#include "nv/core/text.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace nv {

TEST_CASE("a misspelt name finds similar ones, most similar first") {
  const std::vector<std::string> names{"conv1", "conv2", "dense", "flatten", "predictions"};
  CHECK(did_you_mean("conv1", names) == "did you mean conv1, conv2?");
  CHECK(did_you_mean("Dense", names) == "did you mean dense?");
  CHECK(did_you_mean("desne", names) == "did you mean dense?");  // two letters swapped
  CHECK(did_you_mean("flaten", names) == "did you mean flatten?");
  CHECK(did_you_mean("zzzzzz", names).empty());
  CHECK(did_you_mean("", names).empty());
}

TEST_CASE("at most three names are suggested, equally similar ones in their order") {
  const std::vector<std::string> names{"conv3", "conv1", "conv2", "conv4"};
  CHECK(did_you_mean("conv9", names) == "did you mean conv3, conv1, conv2?");
}

TEST_CASE("a part of a long name is similar to it") {
  const std::vector<std::string> names{"backbone/block4/conv1", "head"};
  CHECK(did_you_mean("block4", names) == "did you mean backbone/block4/conv1?");
}

TEST_CASE("code points of UTF-8 one by one, U+FFFD for each invalid byte") {
  // The last three bytes would be a surrogate.
  std::string_view text = "a\u00e9\u20ac\U0001F600\xff\xc0\x80\xed\xa0\x80";
  std::vector<char32_t> codes;
  while (!text.empty()) codes.push_back(next_code_point(text));
  CHECK(codes ==
        std::vector<char32_t>{U'a', 0xE9, 0x20AC, 0x1F600, 0xFFFD, 0xFFFD, 0xFFFD, 0xFFFD, 0xFFFD, 0xFFFD});
}

TEST_CASE("globs match as in a shell, and * crosses slashes") {
  CHECK(glob_match("conv*", "conv"));
  CHECK(glob_match("conv*", "conv2d_1"));
  CHECK(glob_match("*", ""));
  CHECK(glob_match("block1/*", "block1/a/b"));
  CHECK(glob_match("*bn*1", "x_bn_2_1"));
  CHECK(glob_match("a?c", "abc"));
  CHECK_FALSE(glob_match("a?c", "ac"));
  CHECK(glob_match("conv[12]", "conv2"));
  CHECK_FALSE(glob_match("conv[12]", "conv3"));
  CHECK_FALSE(glob_match("conv", "conv1"));
  CHECK_FALSE(glob_match("conv*x", "conv1"));
  CHECK(glob_match("a[", "a["));  // a bracket that is not closed is literal
  CHECK(glob_match("**a", "bca"));
}

TEST_CASE("a glob of many stars does not take exponential time") {
  CHECK_FALSE(glob_match("*a*a*a*a*a*a*a*a*a*a*b", std::string(5000, 'a')));
}

TEST_CASE("special characters of globs") {
  CHECK(is_glob("a*"));
  CHECK(is_glob("a?"));
  CHECK(is_glob("[a]"));
  CHECK_FALSE(is_glob("block1/conv-2"));
}

TEST_CASE("splitting keeps empty parts") {
  CHECK(split("a,b", ',') == std::vector<std::string>{"a", "b"});
  CHECK(split(",a,", ',') == std::vector<std::string>{"", "a", ""});
  CHECK(split("", ',') == std::vector<std::string>{""});
}

TEST_CASE("trimming takes space from both ends") {
  CHECK(trim(" \t a b\r\n") == "a b");
  CHECK(trim("   ").empty());
}

TEST_CASE("a layer's path becomes a file name") {
  CHECK(file_safe("block/conv#1") == "block-conv_1");
  CHECK(file_safe("a\\b:c*d?e\"f<g>h|i") == "a-b_c_d_e_f_g_h_i");
  CHECK(file_safe("tab\there\n") == "tab_here_");
  CHECK(file_safe("..") != "..");
  CHECK(file_safe(".") != ".");
  CHECK_FALSE(file_safe("").empty());
  CHECK(file_safe("Übung 3") == "Übung 3");
}

TEST_CASE("a long file name is cut between characters") {
  std::string name;
  for (int i = 0; i < 100; ++i) name += "äö€";
  const std::string safe = file_safe(name);
  CHECK(safe.size() <= 180);
  CHECK(safe.size() > 170);
  CHECK(valid_utf8(safe) == safe);
}

TEST_CASE("lengths and cuts count characters, not bytes") {
  CHECK(utf8_length("größe") == 5);
  CHECK(shortened("größe", 5) == "größe");
  CHECK(shortened("größen", 5) == "größ…");
  CHECK(shortened("abc", 1) == "…");
  CHECK(shortened_middle("größe", 5) == "größe");
  CHECK(shortened_middle("train-images-17", 7) == "tra…-17");
  CHECK(shortened_middle("größen und maße", 6) == "grö…ße");
  CHECK(shortened_middle("abc", 1) == "…");
}

TEST_CASE("invalid bytes of UTF-8 are replaced one by one, the rest stays") {
  const std::string good = "a ä € \xF0\x9F\x98\x80";
  CHECK(valid_utf8(good) == good);
  CHECK(valid_utf8("a\xFF"
                   "b") ==
        "a\uFFFD"
        "b");
  CHECK(valid_utf8("\xC3") == "\uFFFD");                                // cut off
  CHECK(valid_utf8("\xC0\xAF") == "\uFFFD\uFFFD");                      // overlong
  CHECK(valid_utf8("\xED\xA0\x80") == "\uFFFD\uFFFD\uFFFD");            // a surrogate
  CHECK(valid_utf8("\xF5\x80\x80\x80") == "\uFFFD\uFFFD\uFFFD\uFFFD");  // beyond Unicode
  CHECK(valid_utf8("\xE2\x82"
                   "A") ==
        "\uFFFD\uFFFD"
        "A");
}

TEST_CASE("one_line makes one line of any text") {
  CHECK(one_line("a\nb\r\tc") == "a b  c");
  CHECK(one_line("a\x1b[31m\x7f") == "a\\x1b[31m\\x7f");
  CHECK(one_line("\xFFz") == "\uFFFDz");
}

TEST_CASE("control characters are escaped") {
  CHECK(printable("two\n\tlines") == "two\n\tlines");
  CHECK(printable(std::string_view("\0", 1)) == "\\x00");
  CHECK(printable("a\rb\bc\a") == "a\\x0db\\x08c\\x07");
  CHECK(printable("\u009b31m\u0080") == "\\u009b31m\\u0080");  // C1 as UTF-8
  CHECK(printable("\x9b") == "\uFFFD");                        // and as a byte
  for (const char* mark :
       {"\u061c", "\u200b", "\u200c", "\u200d", "\u200e", "\u200f", "\u2028", "\u2029", "\u202a", "\u202e",
        "\u2060", "\u2066", "\u2067", "\u2068", "\u2069", "\ufeff", "\u00ad", "\U000e0041"}) {
    const std::string text = printable(mark);
    CAPTURE(text);
    CHECK(text.starts_with('\\'));
    CHECK(printable(text) == text);
  }
  CHECK(printable("\u202e") == "\\u202e");
  CHECK(printable("\U000e0041") == "\\U000e0041");
  for (const char* word : {"größe", "層の名前", "\U0001F600", "שלום", "e\u0301", "→ █ ▌", "a\u00a0b"})
    CHECK(printable(word) == word);
}

TEST_CASE("zero-width joiners stay where writing needs them") {
  for (const char* word : {"\U0001F468\u200d\U0001F469\u200d\U0001F467", "\u2764\ufe0f\u200d\U0001F525",
                           "\u0915\u094d\u200d\u0937", "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"}) {
    CHECK(printable(word) == word);
    CHECK(one_line(word) == word);
  }
  CHECK(printable("a\u200db") == "a\\u200db");
  CHECK(printable("\U0001F468\u200d") == "\U0001F468\\u200d");  // joins nothing
  CHECK(printable("\U0001F468\u200d\u202e") == "\U0001F468\\u200d\\u202e");
  CHECK(printable("\u0645\u200cx") == "\u0645\\u200cx");
}

TEST_CASE("counts are shortened from 10,000 on") {
  CHECK(short_count(2416) == "2,416");
  CHECK(short_count(10'000) == "10 k");
  CHECK(short_count(999'949) == "1 M");
  CHECK(short_count(25'636'712) == "25.6 M");
}

TEST_CASE("thousands are separated") {
  CHECK(thousands(0) == "0");
  CHECK(thousands(999) == "999");
  CHECK(thousands(1000) == "1,000");
  CHECK(thousands(1234567) == "1,234,567");
  CHECK(thousands(-123456) == "-123,456");
  CHECK(thousands(-123) == "-123");
}

TEST_CASE("json_depth counts brackets outside strings") {
  CHECK(json_depth("5") == 0);
  CHECK(json_depth(R"({"a":[1,{"b":2}],"c":"[[[[\"[["})") == 3);
  CHECK(json_depth(std::string(1000, '[')) == 1000);
}

}  // namespace nv
