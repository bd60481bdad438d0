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

TEST_CASE("tables fit the terminal: long texts lose their middle, then columns are left out and named") {
  const std::string whole = run_nv({"inspect", nested}).out;
  REQUIRE(widest(whole) > 60);
  Setting terminal;
  terminal.extra = {{"NO_COLOR", "1"}};
  terminal.terminal_columns = 60;
  const Outcome cut = run_nv({"inspect", lenet, nested, "--summary"}, terminal);
  CHECK(cut.code == 0);
  CHECK(widest(cut.out) <= 60);
  CHECK(count_of(cut.out, "61,706") == 1);
  REQUIRE(lines(cut.out).size() == 4);
  CHECK(lines(cut.out)[3].starts_with("not shown in 60 columns: "));
  CHECK(count_of(lines(cut.out)[3], "keras") == 1);
  CHECK(count_of(cut.out, "Sequential") == 1);
  terminal.terminal_columns = 400;
  CHECK(run_nv({"inspect", nested}, terminal).out == whole);
}

TEST_CASE("the confusion matrix fits 80 columns: names of classes are cut, no column is left out") {
  Setting terminal;
  terminal.extra = {{"NO_COLOR", "1"}};
  terminal.terminal_columns = 80;
  const std::string cifar = example("models/vgg12-cifar10.h5");
  const Folder folder;
  write(folder / "truth.txt", "dog\ncat\n");
  const Outcome outcome =
      run_nv({"run", cifar, example("photos/astronaut-32.png"), example("photos/chelsea-32.png"), "--truth",
              folder / "truth.txt", "--layers", "none"},
             terminal);
  CHECK(outcome.code == 0);
  CHECK(widest(outcome.out) <= 80);
  CHECK(count_of(outcome.out, "not shown") == 0);
  CHECK(count_of(outcome.out, "truth \\") == 1);
}

TEST_CASE("a summary of an attack that is too wide leaves out what follows from other columns, and says so") {
  Setting terminal;
  terminal.extra = {{"NO_COLOR", "1"}};
  terminal.terminal_columns = 80;
  const Outcome outcome = run_nv({"attack", lenet, digits, "--method", "fgsm", "--eps", "8/255"}, terminal);
  CHECK(widest(outcome.out) <= 80);
  REQUIRE(count_of(outcome.out, "not shown in 80 columns: ") == 1);
  CHECK(count_of(lines(outcome.out).back(), "succeeded") == 1);
  CHECK(count_of(outcome.out, "robust") == 1);
}

TEST_CASE("the line of an attacked input ends before the edge of the terminal") {
  Setting terminal;
  terminal.extra = {{"NO_COLOR", "1"}};
  terminal.terminal_columns = 60;
  const Arguments words{"attack", lenet, seven, "--method", "fgsm", "--eps", "0.3"};
  const std::string cut = run_nv(words, terminal).out, whole = run_nv(words).out;
  CHECK(widest(cut) <= 60);
  CHECK(count_of(cut, "  L2 ") == 1);
  CHECK(count_of(whole, "  gradients ") == 1);
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
