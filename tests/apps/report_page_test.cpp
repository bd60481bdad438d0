// --html: tables and figures of a command on one page.
#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "support.h"

using namespace nv::test;

namespace {

/// All commands with --html, without the option.
std::vector<Arguments> commands_with_pages() {
  return {{"inspect", lenet},
          {"run", lenet, seven, digit_one, "--truth", "from-name"},
          {"mutate", lenet, seven, "--freeze", "conv1:0,3"},
          {"mutate", lenet, seven, "--rank-filters", "--layers", "conv1"},
          {"mutate", lenet, seven, "--generate", "3"},
          {"compare", lenet, seven, digit_one},
          {"attack", lenet, seven, "--method", "pgd,deepfool", "--curve", "0.1,0.3", "--norm", "Linf"},
          {"explain", lenet, seven}};
}

/// Texts between `begin` and `end`.
std::vector<std::string> between(const std::string& page, const std::string& begin, const std::string& end) {
  std::vector<std::string> found;
  for (std::size_t at = page.find(begin); at != std::string::npos; at = page.find(begin, at)) {
    at += begin.size();
    found.push_back(page.substr(at, page.find(end, at) - at));
  }
  return found;
}

/// Position of a section's heading; the test fails if there is none.
std::size_t section(const std::string& page, const std::string& title) {
  const std::size_t at = page.find(">" + title + "</h2>");
  INFO(title);
  REQUIRE(at != std::string::npos);
  return at;
}

/// The page of a command.
std::string page_of(Arguments words, int code = 0) {
  const Folder folder;
  words.insert(words.end(), {"-q", "--html", folder / "page.html"});
  INFO(typed(words));
  const Outcome outcome = run_nv(words);
  INFO(outcome.err);
  REQUIRE(outcome.code == code);
  return read(folder / "page.html");
}

}  // namespace

TEST_CASE("html: every command that draws writes one self-contained page") {
  for (const Arguments& words : commands_with_pages()) {
    INFO(typed(words));
    const std::string page = page_of(words);
    CHECK(page.starts_with("<!doctype html>\n<html lang=\"en\">"));
    CHECK(page.ends_with("</html>\n"));
    CHECK(count_of(page, "<table>") == count_of(page, "</table>"));
    CHECK(count_of(page, "<section") == count_of(page, "</section>"));
    CHECK(count_of(page, "<table>") >= 1);
    const bool pictures = words.back() != "3";  // mutation testing has only tables
    CHECK((count_of(page, "<svg role=\"img\" aria-label=\"") > 0) == pictures);
    CHECK(count_of(page, "<svg ") == count_of(page, "<figure"));
    CHECK(count_of(page, "aria-label=\"\"") == 0);
    // Nothing from elsewhere, nothing hidden.
    for (const std::string outside : {"http", "<script", "src=", "url(", "<details", NV_EXAMPLES})
      CHECK(count_of(page, outside) == 0);
    CHECK(count_of(page, "sha256:") >= 1);
    const std::vector<std::string> anchors = between(page, " id=\"", "\"");
    CHECK(std::set<std::string>(anchors.begin(), anchors.end()).size() == anchors.size());
    for (const std::string& link : between(page, "href=\"", "\"")) {
      INFO(link);
      CHECK((link.starts_with("data:image/png;base64,") ||
             (link.starts_with("#") && std::ranges::count(anchors, link.substr(1)) == 1)));
    }
    // Contents, then the summary, then figures.
    const std::size_t contents = page.find("<nav"), summary = section(page, "Summary");
    CHECK(contents < summary);
    CHECK(summary < page.find("<svg"));
    CHECK(between(page, "<nav", "</nav>")[0].find("href=\"#Summary\"") != std::string::npos);
  }
}

TEST_CASE("html: run shows accuracy and confusion, the layers, then each input") {
  const std::string page = page_of({"run", lenet, kept_images, "--items", "0-29", "--truth", kept_labels});
  const std::size_t summary = section(page, "Summary"), layers = section(page, "Layers, over all inputs"),
                    inputs = section(page, "Inputs");
  CHECK(summary < layers);
  CHECK(layers < inputs);
  const std::string front = page.substr(summary, layers - summary);
  CHECK(count_of(front, "<dt>accuracy</dt>") == 1);
  CHECK(count_of(front, "<caption>Confusion: ") == 1);
  CHECK(count_of(front, "<a href=\"#kept-images") == 30);
  CHECK(count_of(page.substr(inputs), "<h3") == 30);
  CHECK(count_of(page.substr(inputs), "<svg") >= 30);
}

TEST_CASE("html: what does not fit on a page is counted") {
  const std::string page = page_of({"run", lenet, kept_images, "--items", "0-199"});
  CHECK(page.size() < 5'000'000);
  CHECK(page.size() > 1'000'000);
  const std::string top = page.substr(0, page.find("<nav"));
  CHECK(count_of(top, "sheets of layers are on this page") == 1);
  CHECK(count_of(page, "<h3") == 200);  // every input has a picture
  CHECK(section(page, "All inputs") > page.rfind("<svg"));
  // One input has room for all.
  const std::string one_page = page_of({"run", lenet, seven});
  CHECK(count_of(one_page, "are on this page") == 0);
  CHECK(count_of(one_page, "<svg") > 8);
}

TEST_CASE("html: every method of an attack shows samples, of different classes first") {
  const Arguments methods{"fgsm", "pgd", "deepfool"};
  const std::string page = page_of({"attack", lenet, kept_images, "--items", "0-39", "--method",
                                    "fgsm,pgd,deepfool", "--eps", "0.3", "--truth", kept_labels});
  CHECK(count_of(page.substr(section(page, "Summary"), section(page, "fgsm") - section(page, "Summary")),
                 "<caption>Methods</caption>") == 1);
  for (std::size_t i = 0; i < methods.size(); ++i) {
    const std::size_t begin = section(page, methods[i]),
                      end = section(page, i + 1 < methods.size() ? methods[i + 1] : "All inputs");
    REQUIRE(begin < end);
    const std::size_t shown = count_of(page.substr(begin, end - begin), "<svg");
    CHECK(shown > 0);
    CHECK(shown <= 24);
  }
  CHECK(count_of(page.substr(0, page.find("<nav")), "samples are on this page") == 1);
  CHECK(count_of(page.substr(section(page, "All inputs")), "<tr>") == 41);
}

TEST_CASE("html: a comparison names the worst layer of all pairs first") {
  const std::string page = page_of({"compare", lenet, kept_images, "--items", "0-4"});
  const std::size_t summary = section(page, "Summary"), pairs = section(page, "Pairs");
  const std::string front = page.substr(summary, pairs - summary);
  CHECK(count_of(front, "<caption>All pairs</caption>") == 1);
  CHECK(count_of(front, "layer that differs most") == 1);
  CHECK(count_of(front, "<a href=\"#") == 4);
  CHECK(count_of(page.substr(pairs), "<h3") == 4);
  const std::string mutated =
      page_of({"mutate", lenet, kept_images, "--items", "0-4", "--freeze", "conv1:0,3"});
  CHECK(section(mutated, "Summary") < section(mutated, "Inputs"));
  CHECK(count_of(mutated, "<caption>Changes of the model</caption>") == 1);
  CHECK(count_of(mutated, "<dt>predictions changed</dt>") == 1);
}

TEST_CASE("html: inputs that cannot be used are on the page") {
  const Folder folder;
  write(folder / "bad.png", "not a picture");
  const std::string page = page_of({"run", lenet, seven, folder / "bad.png"}, 3);
  CHECK(count_of(page, "<dt>not used</dt><dd>1</dd>") == 1);
  CHECK(count_of(page, "<td>not used: ") == 1);
}

TEST_CASE("html: the colours are the reader's, or those of --theme") {
  const std::string both = page_of({"inspect", small}), dark = page_of({"inspect", small, "--theme", "dark"}),
                    light = page_of({"inspect", small, "--theme", "light"});
  CHECK(count_of(both, "prefers-color-scheme: dark") == 1);
  CHECK(count_of(both, "var(--ffffff-13161b)") > 0);
  for (const std::string* page : {&dark, &light}) {
    CHECK(count_of(*page, "prefers-color-scheme") == 0);
    CHECK(count_of(*page, "var(--ffffff") == 0);
  }
  CHECK(count_of(dark, "color-scheme: dark") == 1);
}

TEST_CASE("html: the same bytes at any number of threads, together with other results") {
  const Folder folder;
  REQUIRE(run_nv({"run", lenet, seven, "--html", folder / "a.html", "--threads", "1"}).code == 0);
  const Outcome json = run_nv({"run", lenet, seven, "--json", "--html", folder / "b.html", "--threads", "3"});
  REQUIRE(json.code == 0);
  CHECK(parse(json.out)["inputs"].size() == 1);
  CHECK(read(folder / "a.html") == read(folder / "b.html"));
}

TEST_CASE("html: an input with the name of a page in the folder of -o gets another name there") {
  const Folder folder;
  std::filesystem::create_directories(folder / "in");
  std::filesystem::copy_file(seven, folder / "in/page.html.png");
  const Outcome outcome = run_nv(
      {"run", lenet, folder / "in/page.html.png", "-o", folder / "out", "--html", folder / "out/page.html"});
  CHECK(outcome.code == 0);
  CHECK(count_of(read(folder / "out/page.html"), "<!doctype html>") == 1);
  CHECK(std::filesystem::exists(folder / "out/page.html.2/overview.png"));
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
