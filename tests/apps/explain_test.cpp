// nv explain: formats, and the class that is explained.
#include <doctest/doctest.h>

#include <filesystem>

#include "support.h"

using namespace nv::test;

TEST_CASE("explain --format: pictures in each format, and arrays") {
  const Folder folder;
  const std::string out = folder / "out";
  const Json json =
      nv_json("explain", {"explain", small, small_input, "-o", out, "--format", "svg,pdf,npy", "--json"});
  const Json& files = json["inputs"][0]["files"];
  CHECK(files.size() == 3);
  for (const auto& [format, beginning] :
       {std::pair{"svg", "<svg"}, std::pair{"pdf", "%PDF-"}, std::pair{"npy", "\x93NUMPY"}}) {
    CAPTURE(format);
    const std::string file = out + "/" + files[format].get<std::string>();
    CHECK(read(file).substr(0, 400).find(beginning) != std::string::npos);
  }
  CHECK(run_nv({"explain", small, small_input, "-o", out, "--format", "svg,pdf,npy"}).code ==
        0);  // replaces them
}

TEST_CASE("explain --class: by name as by number") {
  const std::string cat = example("photos/chelsea-32.png");
  const auto explained = [&](const std::string& which) {
    return nv_json("explain", {"explain", vgg, cat, "--class", which, "--json"})["inputs"][0];
  };
  CHECK(explained("dog")["class"] == 5);
  CHECK(explained("dog") == explained("5"));
  const Outcome unknown = run_nv({"explain", vgg, cat, "--class", "dgo"});
  CHECK(unknown.code == 2);
  CHECK(not_one_error(unknown, "--class: no class 'dgo'") == "");
  CHECK(count_of(unknown.err, "did you mean dog") == 1);
  CHECK(run_nv({"explain", vgg, cat, "--class", "10"}).code == 2);
  const Outcome unnamed = run_nv({"explain", vgg, cat, "--class", "dog", "--no-defaults"});
  CHECK(unnamed.code == 2);
  CHECK(count_of(unnamed.err, "--labels") == 1);
}

TEST_CASE("attack --target: by name as by number") {
  const std::string cat = example("photos/chelsea-32.png");
  const auto attacked = [&](const std::string& target) {
    return run_nv({"attack", vgg, cat, "--method", "fgsm", "--eps", "0.01", "--target", target, "--json"});
  };
  CHECK(attacked("dog").out == attacked("5").out);
  CHECK(parse(attacked("dog").out)["params"]["target"] == 5);
  CHECK(attacked("dgo").code == 2);
  CHECK(not_one_error(attacked("dgo"), "--target: no class 'dgo'") == "");
}
