#include "nv/report/html.h"

#include <doctest/doctest.h>

using namespace nv;

namespace {

std::size_t at(const std::string& page, std::string_view part) {
  const std::size_t found = page.find(part);
  INFO(part);
  REQUIRE(found != std::string::npos);
  return found;
}

bool has(const std::string& page, std::string_view part) {
  return page.find(part) != std::string::npos;
}

int count_of(const std::string& page, std::string_view part) {
  int count = 0;
  for (std::size_t i = page.find(part); i != std::string::npos; i = page.find(part, i + 1)) ++count;
  return count;
}

}  // namespace

TEST_CASE("html: sections in front come first, and all are in the table of contents") {
  HtmlPage page("m.h5", PageColours::system);
  page.code("nv run m.h5");
  page.section("Inputs");
  page.section("7.png", 3);
  page.text("predicted 7");
  page.section("8.png", 3);
  page.set_front(true);
  page.section("Summary");
  page.text("accuracy 0.9");
  page.set_front(false);
  page.section("All inputs");
  const std::string text = page.finish({});
  CHECK(at(text, "nv run m.h5") < at(text, "<nav"));
  CHECK(at(text, "<nav") < at(text, "href=\"#Summary\""));
  CHECK(at(text, "href=\"#Summary\"") < at(text, "href=\"#Inputs\""));
  CHECK(at(text, "href=\"#Inputs\"") < at(text, "href=\"#7.png\""));
  CHECK(at(text, "</nav>") < at(text, "<h2 id=\"Summary\">Summary</h2>\n<p>accuracy 0.9</p>"));
  CHECK(at(text, "accuracy 0.9") < at(text, "<h2 id=\"Inputs\">"));
  CHECK(at(text, "<h3 id=\"7.png\">7.png</h3>\n<p>predicted 7</p>") < at(text, "<h2 id=\"All-inputs\">"));
}

TEST_CASE("html: anchors are unique and safe, texts are escaped") {
  HtmlPage page("<m>", PageColours::light);
  CHECK(page.section("a b") == "a-b");
  CHECK(page.section("a/b") == "a-b.2");
  CHECK(page.section("\"><script>") == "script-");
  CHECK(page.section("日本") == "section");
  const HtmlPage::Column columns[] = {{"#", true}, {"<name>", false}};
  const std::vector<std::string> rows[] = {{"1", "a & b"}};
  page.table(columns, rows, {"<caption>", {"a-b"}, {}});
  const std::string text = page.finish({});
  CHECK_FALSE(has(text, "<script>"));
  CHECK(has(text, "<title>&lt;m&gt;</title>"));
  CHECK(has(text, "<caption>&lt;caption&gt;</caption>"));
  CHECK(has(text, "<th scope=\"col\" class=\"number\">#</th><th scope=\"col\">&lt;name&gt;</th>"));
  CHECK(has(text, "<td class=\"number\">1</td><th scope=\"row\"><a href=\"#a-b\">a &amp; b</a></th>"));
}

TEST_CASE("html: words that run from right to left are isolated, so that numbers stay after them") {
  HtmlPage page("t", PageColours::light);
  page.section("s");
  page.text("predicted \u0623\u0633\u062f \u0643\u0628\u064a\u0631 (0.5) <b>");
  const std::string html = page.finish({});
  CHECK(html.find("predicted <bdi>\u0623\u0633\u062f \u0643\u0628\u064a\u0631</bdi> (0.5) &lt;b&gt;") !=
        std::string::npos);
}

TEST_CASE("html: a shade is a background whose strength is the share") {
  HtmlPage page("m", PageColours::light);
  page.section("s");
  const HtmlPage::Column columns[] = {{"truth", false}, {"7", true}, {"9", true}};
  const std::vector<std::string> rows[] = {{"7", "3", "1"}};
  page.table(columns, rows, {"", {}, {{0, 0.75, 0.25}}});
  const std::string text = page.finish({});
  CHECK(has(text, "rgba(var(--shade),0.38)\">3</td>"));
  CHECK(has(text, "rgba(var(--shade),0.12)\">1</td>"));
}

TEST_CASE("html: colours of figures follow the page's") {
  for (const PageColours colours : {PageColours::system, PageColours::light, PageColours::dark}) {
    HtmlPage page("m", colours);
    page.section("s");
    page.figure({"<svg></svg>", {"ffffff-13161b"}});
    const std::string text = page.finish({});
    CHECK(has(text, "--ffffff-13161b: #ffffff") == (colours != PageColours::dark));
    CHECK(has(text, "--ffffff-13161b: #13161b") == (colours != PageColours::light));
    CHECK(has(text, "prefers-color-scheme: dark") == (colours == PageColours::system));
  }
}

TEST_CASE("html: the table of contents names up to 200 parts of a section, else their number") {
  for (const int parts : {200, 201}) {
    HtmlPage page("m", PageColours::light);
    page.section("Inputs");
    for (int i = 0; i < parts; ++i) page.section("input", 3);
    const std::string text = page.finish({});
    CHECK(has(text, "href=\"#input.7\"") == (parts == 200));
    CHECK(has(text, "Inputs</a> (201)") == (parts == 201));
  }
}

TEST_CASE("html: parts stay together, and a section of many is printed as a contact sheet") {
  for (const int parts : {3, 40}) {
    HtmlPage page("t", {});
    page.section("Inputs");
    for (int i = 0; i < parts; ++i) {
      page.section("input " + std::to_string(i), 3);
      page.text("seven");
    }
    page.section("End");
    const std::string html = page.finish({});
    CHECK(count_of(html, "<div class=\"part\">") == parts);
    CHECK((html.find("class=\"section many\"") != std::string::npos) == (parts == 40));
    CHECK(count_of(html, "class=\"section\"") == (parts == 40 ? 1 : 2));
  }
}
