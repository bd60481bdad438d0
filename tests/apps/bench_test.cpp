// nv bench: how long a model takes. No time is asserted.
#include <doctest/doctest.h>

#include "support.h"

using namespace nv::test;

TEST_CASE("bench: every layer but the input, with its rate") {
  const Json found = nv_json("bench", {"bench", lenet, "--seconds", "0", "--json"});
  const Json model = nv_json("inspect", {"inspect", lenet, "--json"});
  CHECK(found["layers"].size() + 1 == model["layers"].size());
  CHECK(found["passes"].get<int>() >= 3);
  for (const Json& layer : found["layers"]) {
    CAPTURE(layer["path"].get<std::string>());
    const std::string path = layer["path"];
    const bool multiplies = path.starts_with("conv") || path.starts_with("fc") || path == "predictions";
    CHECK((layer["gflops"].get<double>() > 0) == multiplies);
  }
}

TEST_CASE("bench: batches, gradients and a table of the slowest layers") {
  CHECK(nv_json("bench", {"bench", lenet, "--seconds", "0", "--batch", "3", "--gradient",
                          "--json"})["gradient"] == true);
  const Outcome text = run_nv({"bench", lenet, "--seconds", "0", "--most", "2"});
  CHECK(text.code == 0);
  CHECK(text.out.find("ms per input") != std::string::npos);
  CHECK(run_nv({"bench", lenet, "--batch", "0"}).code == 2);
}

TEST_CASE("bench: the memory limit counts activations, --size is for models that leave it open") {
  const Outcome fixed = run_nv({"bench", lenet, "--size", "28", "--seconds", "0"});
  CHECK(fixed.code == 2);
  CHECK(not_one_error(fixed, "bench: --size has no effect") == "");
  // 60 MB of inputs, and several times as much of activations.
  const Arguments many{"bench", lenet, "--seconds", "0", "--batch", "20000", "--max-memory", "400M"};
  const Outcome outcome = run_nv(many);
  CHECK(outcome.code == 3);
  CHECK(count_of(outcome.err, "a pass over 20,000 inputs") == 1);
}
