// Tables on a terminal: no line is longer than it is wide.
#include <doctest/doctest.h>

#include "nv/core/text.h"
#include "support.h"

using namespace nv::test;

namespace {

std::size_t widest(const std::string& text) {
  std::size_t width = 0;
  for (const std::string& line : lines(text)) width = std::max(width, nv::utf8_length(line));
  return width;
}

const std::string nested = fixture("nested_shared/model.h5");

}  // namespace

TEST_CASE("tables fit the terminal: long texts lose their middle, then the last columns are left out") {
  const std::string whole = run_nv({"inspect", nested}).out;
  REQUIRE(widest(whole) > 60);
  Setting terminal;
  terminal.extra = {{"NO_COLOR", "1"}};
  terminal.terminal_columns = 60;
  const Outcome cut = run_nv({"inspect", lenet, nested, "--summary"}, terminal);
  CHECK(cut.code == 0);
  CHECK(widest(cut.out) <= 60);
  CHECK(count_of(cut.out, "61,706") == 1);
  for (const std::string& line : lines(cut.out)) CHECK(line.ends_with("  \u2026"));  // columns left out
  CHECK(count_of(cut.out, "Sequential") == 1);
  terminal.terminal_columns = 400;
  CHECK(run_nv({"inspect", nested}, terminal).out == whole);
}

TEST_CASE("COLUMNS sets the width of a terminal, and changes nothing elsewhere") {
  Setting terminal;
  terminal.extra = {{"NO_COLOR", "1"}, {"COLUMNS", "50"}};
  const Arguments words{"compare", lenet, seven, seven};
  CHECK(run_nv(words, terminal).out == run_nv(words).out);
  terminal.terminal_columns = 300;
  CHECK(widest(run_nv(words, terminal).out) <= 50);
  terminal.extra["COLUMNS"] = "wide";
  CHECK(run_nv(words, terminal).out == run_nv(words).out);
}

TEST_CASE("lines of inputs are cut to the terminal, at their names") {
  const Folder folder;
  write(folder / ("in/" + std::string(90, 'n') + "1.png"), read(seven));
  write(folder / ("in/" + std::string(90, 'n') + "2.png"), read(seven));
  Setting terminal;
  terminal.extra = {{"NO_COLOR", "1"}};
  terminal.terminal_columns = 60;
  const Outcome outcome = run_nv({"run", lenet, folder / "in", "--layers", "none"}, terminal);
  const std::vector<std::string> text = lines(outcome.out);
  REQUIRE(text.size() == 2);
  CHECK(widest(outcome.out) <= 60);
  CHECK(count_of(text[0], "n1  7") == 1);
  CHECK(count_of(text[1], "n2  7") == 1);
}
