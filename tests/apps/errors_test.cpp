// One test per kind of unusable input: exit code and one line of error.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <filesystem>

#include "support.h"

using namespace nv::test;

namespace {

/// Whether the error contains `what` after the file's name.
bool says(const Outcome& outcome, const std::string& file, const std::string& what) {
  return outcome.err.find(what, std::min(outcome.err.size(), ("nv: error: " + file).size())) !=
         std::string::npos;
}

/// Checks that `nv run` and `nv inspect` of `model` both fail with `code` and name the file.
void check_bad_model(const std::string& model, const std::string& what, int code = 3) {
  for (const Arguments& words :
       {Arguments{"inspect", model}, {"inspect", model, "--json"}, {"run", model, small_input}}) {
    INFO(typed(words));
    const Outcome outcome = run_nv(words);
    CHECK(outcome.code == code);
    CHECK(not_one_error(outcome, model + ": ") == "");
    CHECK(says(outcome, model, what));
  }
}

/// Checks that `nv run` of `model` fails and names the layer, and that `nv inspect` shows it.
void check_unsupported(const std::string& model, const std::string& layer) {
  const Folder folder;
  const Outcome run = run_nv({"run", model, small_input, "-o", folder / "out"});
  CHECK(run.code == 4);
  CHECK(not_one_error(run, model + ": layer " + layer) == "");
  CHECK_FALSE(std::filesystem::exists(folder / "out"));
  CHECK(run_nv({"inspect", model}).code == 0);
}

/// Checks that `nv run` of the only input `input` fails and names it.
void check_bad_input(const std::string& input, const std::string& what) {
  const Outcome outcome = run_nv({"run", small, input, "--predict"});
  INFO(outcome.err);
  CHECK(outcome.code == 3);
  CHECK(not_one_error(outcome, input + ": ") == "");
  CHECK(says(outcome, input, what));
}

}  // namespace

TEST_CASE("errors: a missing model") {
  check_bad_model("no/such/model.h5", "no such file");
}

TEST_CASE("errors: a directory for a model") {
  const Folder folder;
  std::filesystem::create_directories(folder / "empty");  // inspect lists the models of others
  check_bad_model(folder / "empty", "is a directory");
}

TEST_CASE("errors: an empty model file") {
  check_bad_model(fixture("odd/empty.h5"), "empty");
}

TEST_CASE("errors: a text file for a model") {
  check_bad_model(fixture("odd/text.h5"), "it is text");
}

TEST_CASE("errors: a picture named .h5") {
  check_bad_model(fixture("odd/picture.h5"), "it is a PNG picture");
}

TEST_CASE("errors: HDF5 without a model") {
  check_bad_model(fixture("odd/no_model.h5"), "not a Keras model");
}

TEST_CASE("errors: weights without the architecture") {
  check_bad_model(fixture("odd/weights_only.h5"), "without its architecture");
  check_bad_model(fixture("odd/weights_only_legacy.h5"), "without its architecture");
}

TEST_CASE("errors: an architecture alone can be inspected, running it reports the missing weights") {
  const Folder folder;
  const std::string model = folder / "model.json";
  write(model, R"({"class_name": "Sequential", "config": {"name": "m", "layers": [
      {"class_name": "InputLayer", "config": {"name": "x", "batch_shape": [null, 28, 28, 1]}},
      {"class_name": "Flatten", "config": {"name": "flat"}},
      {"class_name": "Dense", "config": {"name": "fc", "units": 10}}]}})");
  const Outcome inspect = run_nv({"inspect", model});
  CHECK(inspect.code == 0);
  CHECK(inspect.out.find("7,850 parameters") != std::string::npos);
  CHECK(run_nv({"inspect", model, "--layer", "fc"}).code == 0);
  for (const Arguments& words :
       {Arguments{"run", model, small_input}, {"convert", model, "-o", folder / "out.h5"}}) {
    const Outcome outcome = run_nv(words);
    CHECK(outcome.code == 3);
    CHECK(not_one_error(outcome, model + ": ") == "");
    CHECK(says(outcome, model, "without its weights"));
  }
}

TEST_CASE("errors: layers before an unsupported one can be run with --layers") {
  const std::string model = fixture("odd/lambda.h5");
  const Outcome whole = run_nv({"run", model, small_input});
  CHECK(whole.code == 4);
  CHECK(whole.err.find("--layers conv") != std::string::npos);
  const Outcome part = run_nv({"run", model, small_input, "--layers", "conv", "--json"});
  CHECK(part.code == 0);
  const auto json = nlohmann::json::parse(part.out);
  CHECK(json["inputs"][0]["prediction"].is_null());
  CHECK(json["inputs"][0]["layers"].size() == 1);
  CHECK(run_nv({"run", model, small_input, "--layers", "conv,pool"}).code == 4);
  CHECK(run_nv({"run", model, small_input, "--predict"}).code == 4);
}

TEST_CASE("errors: a truncated .h5 file") {
  check_bad_model(fixture("odd/truncated.h5"), "truncated");
}

TEST_CASE("errors: a truncated .keras file") {
  check_bad_model(fixture("odd/truncated.keras"), "truncated");
}

TEST_CASE("errors: a model truncated anywhere is exit 3, or still complete") {
  const Folder folder;
  for (const char* name : {"odd/intact.h5", "odd/intact.keras"}) {
    const std::string bytes = read(fixture(name)), cut = folder / "cut";
    for (int part = 1; part < 12; ++part) {
      write(cut, std::string_view(bytes).substr(0, bytes.size() * static_cast<std::size_t>(part) / 12));
      const Outcome outcome = run_nv({"run", cut, small_input, "--predict"});
      CAPTURE(part);
      CHECK(outcome.code == 3);
      CHECK(not_one_error(outcome, cut + ": ") == "");
    }
  }
}

TEST_CASE("errors: a layer of an unsupported kind is named") {
  check_unsupported(fixture("odd/lstm.h5"), "lstm (LSTM)");
}

TEST_CASE("errors: a Lambda layer, which holds code") {
  check_unsupported(fixture("odd/lambda.h5"), "double (Lambda)");
}

TEST_CASE("errors: a layer of a user's own class") {
  check_unsupported(fixture("odd/custom_layer.h5"), "sharpen (Sharpen)");
}

TEST_CASE("errors: every file of fixtures/odd gives the exit codes in about.json") {
  const Json about = parse_file(fixture("odd/about.json"));
  CHECK(about.size() >= 17);
  for (const auto& entry : about.items()) {
    const std::string file = fixture("odd/" + entry.key());
    INFO(file);
    const Outcome inspect = run_nv({"inspect", file}), run = run_nv({"run", file, small_input, "--predict"});
    const int inspect_code = entry.value()["inspect"], run_code = entry.value()["run"];
    CHECK(inspect.code == inspect_code);
    CHECK(run.code == run_code);
    if (inspect_code != 0) CHECK(not_one_error(inspect, file + ": ") == "");
    if (run_code != 0) CHECK(not_one_error(run, file + ": ") == "");
  }
}

TEST_CASE("errors: a missing input, a directory without images, an empty file") {
  const Folder folder;
  check_bad_input("no/such.png", "no such file");
  check_bad_input(folder.path(), "no images");
  write(folder / "empty.png", "");
  check_bad_input(folder / "empty.png", "empty");
}

TEST_CASE("errors: text named .png") {
  const Folder folder;
  write(folder / "text.png", "not a picture\n");
  check_bad_input(folder / "text.png", "");
}

TEST_CASE("errors: a truncated picture") {
  const Folder folder;
  const std::string bytes = read(seven);
  write(folder / "cut.png", std::string_view(bytes).substr(0, bytes.size() / 2));
  check_bad_input(folder / "cut.png", "");
}

TEST_CASE("errors: a model for an input") {
  check_bad_input(lenet, "");
}

TEST_CASE("errors: an array of the wrong size is never resized") {
  const Outcome outcome = run_nv({"run", fixture("sequential_lenet/model.h5"), small_input});
  CHECK(outcome.code == 3);
  CHECK(not_one_error(outcome, small_input + ": ") == "");
  CHECK(count_of(outcome.err, "28 x 28") > 0);
  CHECK(count_of(outcome.err, "12 x 12 x 1") > 0);
}

TEST_CASE("errors: items outside the file") {
  const Outcome outcome = run_nv({"run", lenet, kept_images + "#500", "--predict"});
  CHECK(outcome.code == 3);
  CHECK(not_one_error(outcome, kept_images + "#500: ") == "");
  CHECK(count_of(outcome.err, "500") >= 2);
}

TEST_CASE("errors: a key that is not in the archive, with those that are") {
  const std::string archive = fixture("two_in_two_out/input.npz");
  const Outcome outcome = run_nv({"run", small, archive + ":nothing", "--predict"});
  CHECK(outcome.code == 3);
  CHECK(not_one_error(outcome, archive) == "");
}

TEST_CASE("errors: an unknown layer is exit 2 with the nearest names, before anything is written") {
  const Folder folder;
  const Outcome outcome = run_nv({"run", lenet, seven, "--layers", "conv1,convl", "-o", folder / "out"});
  CHECK(outcome.code == 2);
  CHECK(not_one_error(outcome, "--layers: " + lenet + ": no layer 'convl'") == "");
  CHECK(count_of(outcome.err, "hint: did you mean conv1, conv2?") == 1);
  CHECK_FALSE(std::filesystem::exists(folder / "out"));
  for (const std::string nothing : {"@Conv3D", "zzz*", "9", "3-99"}) {
    CAPTURE(nothing);
    const Outcome other = run_nv({"run", lenet, seven, "--layers", nothing});
    CHECK(other.code == 2);
    CHECK(not_one_error(other, "--layers: " + lenet + ": no layer") == "");
  }
}

TEST_CASE("errors: an output that cannot be written is exit 5") {
  const Folder folder;
  write(folder / "file", "mine");
  for (const std::string& output : {std::string("/proc/nv-out"), std::string("/proc/nv-out.png"),
                                    folder / "file", folder / "file/out", folder / "file/out.png"}) {
    CAPTURE(output);
    const Outcome outcome = run_nv({"run", small, small_input, "-q", "-o", output, "--json"});
    CHECK(outcome.code == 5);
    CHECK(not_one_error(outcome, output) == "");
  }
  CHECK(read(folder / "file") == "mine");
  CHECK(names(folder.path()) == std::vector<std::string>{"file"});
}

TEST_CASE("errors: labels and truth that cannot be read") {
  const Folder folder;
  write(folder / "two.txt", "1\n2\n");
  const Outcome missing = run_nv({"run", lenet, seven, "--truth", "no/such.txt"});
  CHECK(missing.code == 3);
  CHECK(not_one_error(missing, "no/such.txt: ") == "");
  const Outcome count = run_nv({"run", lenet, digits, "--truth", folder / "two.txt"});
  CHECK(count.code == 3);
  CHECK(not_one_error(count, folder / "two.txt") == "");
  const Outcome name = run_nv({"run", lenet, small_input, "--truth", "from-name"});
  CHECK(name.code == 3);
  CHECK(not_one_error(name, "") == "");
}

TEST_CASE("errors: a bad input among several is reported once, the others are done, and the exit code is 3") {
  const Folder folder;
  write(folder / "bad.png", "not a picture\n");
  const Arguments words{"run", lenet, seven, folder / "bad.png", small_input};
  Arguments predict = words, as_json = words, strict = words;
  predict.emplace_back("--predict");
  as_json.insert(as_json.end(), {"--json", "-o", folder / "out", "--format", "json"});
  strict.insert(strict.end(), {"--predict", "--strict"});

  const Outcome text = run_nv(predict);
  CHECK(text.code == 3);
  CHECK(lines(text.out).size() == 2);
  CHECK(lines(text.err).size() <= 2);
  CHECK(text.err.starts_with("nv: error: " + (folder / "bad.png: ")));

  const Outcome json_run = run_nv(as_json);
  CHECK(json_run.code == 3);
  const Json json = parse(json_run.out);
  CHECK(violations("run", json) == "");
  REQUIRE(json["inputs"].size() == 3);
  CHECK(json["inputs"][0]["status"] == "ok");
  CHECK(json["inputs"][1]["status"] == "error");
  CHECK(json["inputs"][1]["error"].get<std::string>().starts_with(folder / "bad.png: "));
  CHECK(json["inputs"][2]["status"] == "ok");
  CHECK(json["summary"]["errors"] == 1);
  CHECK(read(folder / "out/run.json") == json_run.out);
  CHECK_FALSE(std::filesystem::exists(folder / "out/bad"));

  const Outcome stopped = run_nv(strict);
  CHECK(stopped.code == 3);
  CHECK(lines(stopped.out).size() <= 1);
  CHECK(stopped.err.starts_with("nv: error: " + (folder / "bad.png: ")));
}
