// --html: tables and figures of a command on one page.
#include <doctest/doctest.h>

#include <filesystem>

#include "support.h"

using namespace nv::test;

namespace {

const std::string one = NV_EXAMPLES "/digits/1_0054.png";

/// All commands with --html, without the option.
std::vector<Arguments> commands_with_pages() {
  return {{"inspect", lenet},
          {"run", lenet, seven, one, "--truth", "from-name"},
          {"mutate", lenet, seven, "--freeze", "conv1:0,3"},
          {"mutate", lenet, seven, "--rank-filters", "--layers", "conv1"},
          {"mutate", lenet, seven, "--generate", "3"},
          {"compare", lenet, seven, one},
          {"attack", lenet, seven, "--method", "pgd,deepfool", "--curve", "0.1,0.3", "--norm", "Linf"},
          {"explain", lenet, seven}};
}

}  // namespace

TEST_CASE("html: every command that draws writes one self-contained page") {
  const Folder folder;
  for (const Arguments& words : commands_with_pages()) {
    INFO(typed(words));
    Arguments with = words;
    with.insert(with.end(), {"--html", folder / "page.html"});
    REQUIRE(run_nv(with).code == 0);
    const std::string page = read(folder / "page.html");
    CHECK(page.starts_with("<!doctype html>"));
    CHECK(page.ends_with("</html>\n"));
    CHECK(count_of(page, "<table>") == count_of(page, "</table>"));
    CHECK(count_of(page, "<table>") >= (words[0] == "explain" ? 0 : 1));
    const bool pictures = words.back() != "3";  // mutation testing has only tables
    CHECK((count_of(page, "src=\"data:image/svg+xml;base64,") > 0) == pictures);
    CHECK(count_of(page, "<img") == count_of(page, "src=\"data:"));
    for (const std::string outside : {"http", "<script", "href="}) CHECK(count_of(page, outside) == 0);
    CHECK(count_of(page, "sha256:") >= 1);
    CHECK(count_of(page, NV_EXAMPLES) == 0);  // no paths
  }
}

TEST_CASE("html: the same bytes at any number of threads, together with other results") {
  const Folder folder;
  REQUIRE(run_nv({"run", lenet, seven, "--html", folder / "a.html", "--threads", "1"}).code == 0);
  const Outcome json = run_nv({"run", lenet, seven, "--json", "--html", folder / "b.html", "--threads", "3"});
  REQUIRE(json.code == 0);
  CHECK(parse(json.out)["inputs"].size() == 1);
  CHECK(read(folder / "a.html") == read(folder / "b.html"));
}

TEST_CASE("html: names are escaped, and no input is overwritten") {
  const Folder folder;
  const std::string odd = folder / "<b>&'\".png";
  std::filesystem::copy_file(seven, odd);
  REQUIRE(run_nv({"run", lenet, odd, "--html", folder / "page.html"}).code == 0);
  const std::string page = read(folder / "page.html");
  CHECK(count_of(page, "<b>") == 0);
  CHECK(count_of(page, "&lt;b&gt;&amp;") >= 1);
  const std::string before = read(odd);
  for (const Arguments& words : commands_with_pages()) {
    Arguments with = words;
    std::ranges::replace(with, seven, odd);
    if (words[0] == "run") with = {"run", lenet, odd};
    const std::string target = words[0] == "inspect" ? lenet : odd;
    with.insert(with.end(), {"--html", target});
    INFO(typed(with));
    CHECK(run_nv(with).code == 2);
  }
  CHECK(read(odd) == before);
}
