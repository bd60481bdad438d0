// nv convert: the written model gives the same outputs as its source.
#include <doctest/doctest.h>

#include "support.h"

using namespace nv::test;

TEST_CASE("convert: a converted model predicts the same, in either format, and in the same bytes again") {
  for (const std::string& model : {lenet, vgg}) {
    const std::string image = model == vgg ? example("photos/chelsea-32.png") : seven;
    const std::string before = run_nv({"run", model, image, "--predict", "--top", "10", "--no-defaults"}).out;
    REQUIRE_FALSE(before.empty());
    for (const std::string extension : {".h5", ".keras"}) {
      const Folder folder;
      const std::string file = folder / ("a" + extension), again = folder / ("b" + extension);
      REQUIRE(run_nv({"convert", model, "-o", file}).code == 0);
      CHECK(run_nv({"run", file, image, "--predict", "--top", "10", "--no-defaults"}).out == before);
      REQUIRE(run_nv({"convert", model, "-o", again}).code == 0);
      CHECK(read(file) == read(again));
    }
  }
}

TEST_CASE(
    "convert: the result may replace a file by --force, but never its input, an extension that names no "
    "format "
    "is refused") {
  const Folder folder;
  write(folder / "a.h5", "old");
  CHECK(run_nv({"convert", lenet, "-o", folder / "a.h5"}).code == 5);
  CHECK(run_nv({"convert", lenet, "-o", folder / "a.h5", "--force"}).code == 0);
  const std::string model = read(folder / "a.h5");
  const Outcome itself = run_nv({"convert", folder / "a.h5", "-o", folder / "./a.h5"});
  CHECK(itself.code == 2);
  CHECK(not_one_error(itself, "-o " + (folder / "./a.h5")) == "");
  CHECK(read(folder / "a.h5") == model);
  const Outcome extension = run_nv({"convert", lenet, "-o", folder / "a.onnx"});
  CHECK(extension.code == 2);
  CHECK(not_one_error(extension, "--output: expected a name that ends in .h5 or .keras") == "");
}
