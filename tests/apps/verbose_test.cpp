// -v: where a command spends its time, on standard error.
#include <doctest/doctest.h>

#include "support.h"

using namespace nv::test;

TEST_CASE("-v prints the stages of every command with their seconds, and the total last") {
  const Folder folder;
  const std::string one = example("digits/1_0054.png");
  const std::vector<std::pair<Arguments, std::vector<std::string>>> commands{
      {{"inspect", lenet, "--stats"}, {"opening models", "statistics", "printing", "other"}},
      {{"run", lenet, seven, "-o", folder / "run"},
       {"opening models", "reading inputs", "passes", "statistics", "drawing", "writing files", "other"}},
      {{"mutate", lenet, seven, "--freeze", "conv1:0"}, {"opening models", "reading inputs", "passes"}},
      {{"attack", lenet, seven, "--method", "pgd", "--eps", "0.25", "-o", folder / "attack"},
       {"opening models", "reading inputs", "attacking", "writing files"}},
      {{"compare", lenet, seven, one}, {"opening models", "reading inputs", "passes", "comparing"}},
      {{"explain", lenet, seven}, {"opening models", "reading inputs", "passes and gradients"}},
      {{"doctor", lenet, seven},
       {"opening models", "reading inputs", "passes", "statistics", "preprocessings"}},
      {{"rank", lenet, seven}, {"opening models", "reading inputs", "passes", "gini", "ranking"}},
      {{"convert", lenet, "-o", folder / "m.keras"}, {"opening models", "writing files"}},
      {{"verify", fixture("sequential_lenet/model.h5"), fixture("sequential_lenet/expected.npz"),
        fixture("sequential_lenet/input.npz")},
       {"opening models", "reading inputs", "passes"}},
      {{"samples", folder / "attack"}, {"printing", "other"}},
  };
  for (auto [words, stages] : commands) {
    CAPTURE(typed(words));
    const Outcome quiet = run_nv(words);
    REQUIRE(quiet.code == 0);
    words.emplace_back("-v");
    const Outcome outcome = run_nv(words);
    CHECK(outcome.code == 0);
    CHECK(outcome.out == quiet.out);
    for (const std::string& stage : stages) {
      CAPTURE(stage);
      CHECK(count_of(outcome.err, "nv: " + stage + " ") == 1);
    }
    CHECK(count_of(quiet.err, "nv: total") == 0);
    CHECK(lines(outcome.err).back().starts_with("nv: total "));
  }
}
