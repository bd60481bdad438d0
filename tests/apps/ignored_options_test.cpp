// Options that would have no effect are errors of the command line.
#include <doctest/doctest.h>

#include "nv/data/npy.h"
#include "nv/data/npz.h"
#include "support.h"

using namespace nv::test;

namespace {

/// Exit code 2, with one error that begins so.
void refused(const Arguments& words, const std::string& beginning) {
  CAPTURE(typed(words));
  const Outcome outcome = run_nv(words);
  CHECK(outcome.code == 2);
  CHECK(not_one_error(outcome, beginning) == "");
}

}  // namespace

TEST_CASE("the empty value of an option is an error, not as if it were not given") {
  for (const Arguments& words :
       std::vector<Arguments>{{"run", lenet, seven, "-o", ""},
                              {"run", lenet, seven, "--html", ""},
                              {"compare", lenet, seven, "--model-b", ""},
                              {"attack", lenet, seven, "--method", "pgd", "--eps", ""}})
    refused(words, "--");
  const Folder folder;
  CHECK(run_nv({"run", lenet, seven, "-o", folder / "a.png", "--caption", ""}).code == 0);
}

TEST_CASE("--format is for folders") {
  const Folder folder;
  const std::string sheet = folder / "x.png";
  refused({"run", lenet, seven, "-o", sheet, "--format", "svg"}, "run: --format is for folders");
  refused({"compare", lenet, seven, digit_one, "-o", sheet, "--format", "svg"},
          "compare: --format is for folders");
  refused({"explain", lenet, seven, "-o", sheet, "--format", "npy"}, "explain: --format is for folders");
  refused({"run", lenet, seven, "--format", "png"}, "run: --format needs a folder");
}

TEST_CASE("--channel is for the sheet of a single layer, or those of a folder") {
  const Folder folder;
  const std::string sheet = folder / "x.png";
  refused({"run", lenet, seven, "--channel", "0"}, "run: --channel is for pictures");
  refused({"run", lenet, seven, "--channel", "0", "-o", sheet},
          "run: --channel needs one layer, and 9 are chosen");
  refused({"compare", lenet, seven, digit_one, "--channel", "0"}, "compare: --channel is for pictures");
  refused({"compare", lenet, seven, digit_one, "--channel", "0", "-o", sheet, "--layers", "conv*"},
          "compare: --channel needs one layer, and 2 are chosen");
  CHECK(run_nv({"run", lenet, seven, "--channel", "0", "-o", sheet, "--layers", "conv1"}).code == 0);
}

TEST_CASE("--freeze-as needs filters to freeze") {
  refused({"run", lenet, seven, "--freeze-as", "block"}, "run: --freeze-as needs filters to freeze");
  refused({"compare", lenet, seven, digit_one, "--freeze-as", "block"},
          "compare: --freeze-as needs filters to freeze");
  refused({"mutate", lenet, seven, "--rank-filters", "--freeze-as", "block"},
          "mutate: --freeze-as needs filters to freeze");
}

TEST_CASE("explain --of FILE.npz: no class, and weights for each input, not more") {
  const Folder folder;
  const auto weights = [&](std::int64_t rows) {
    const std::vector<std::pair<std::string, nv::Tensor>> arrays{{"0", nv::Tensor(nv::Shape{rows, 10}, 1)}};
    const nv::Bytes bytes = nv::encode_npz(arrays);
    write(folder / "w.npz", std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
    return folder / "w.npz";
  };
  CHECK(run_nv({"explain", lenet, seven, "--of", weights(1)}).code == 0);
  refused({"explain", lenet, seven, "--of", weights(1), "--class", "3"},
          "explain: --class has no meaning with --of");
  const Outcome more = run_nv({"explain", lenet, seven, "--of", weights(2)});
  CHECK(more.code == 3);
  CHECK(not_one_error(more, folder / "w.npz: weights '0' are 2 x 10: expected a first axis of 1") == "");
}
