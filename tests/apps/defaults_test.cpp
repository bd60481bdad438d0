// Options from files: MODEL.nv.toml beside a model, and --defaults.
#include <doctest/doctest.h>

#include <filesystem>

#include "support.h"

using namespace nv::test;

namespace {

/// A model in a separate folder, with `toml` beside it.
class Beside {
 public:
  explicit Beside(std::string_view toml) {
    write(model(), read(small));
    if (!toml.empty()) write(folder_ / "m.nv.toml", toml);
  }
  std::string model() const { return folder_ / "m.h5"; }
  std::string file() const { return folder_ / "m.nv.toml"; }
  std::string operator/(const std::string& name) const { return folder_ / name; }
  Json run(Arguments more = {}) const {
    Arguments words{"run", model(), small_input, "--json", "--layers", "none"};
    words.insert(words.end(), more.begin(), more.end());
    return nv_json("run", words);
  }

 private:
  Folder folder_;
};

const std::string ten = R"(labels = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"])";

std::string label(const Json& json) {
  return json["inputs"][0]["prediction"]["label"];
}

}  // namespace

TEST_CASE("defaults: the labels beside the model are used, and the JSON names the file") {
  const Beside model(ten);
  const Json json = model.run();
  CHECK(json["defaults"] == model.file());
  CHECK(label(json) ==
        std::string(1, static_cast<char>('a' + json["inputs"][0]["prediction"]["index"].get<int>())));
}

TEST_CASE("defaults: --no-defaults ignores the file") {
  const Beside model(ten);
  const Json json = model.run({"--no-defaults"});
  CHECK(json["defaults"].is_null());
  CHECK(label(json) == std::to_string(json["inputs"][0]["prediction"]["index"].get<int>()));
  CHECK(Beside("").run()["defaults"].is_null());
}

TEST_CASE(
    "defaults: the command line has precedence over --defaults, and that over the file beside the model") {
  const Beside model(ten);
  write(model / "given.txt", "A\nB\nC\nD\nE\nF\nG\nH\nI\nJ\n");
  write(model / "mine.toml", "labels = \"mnist\"\n");
  const int index = model.run()["inputs"][0]["prediction"]["index"];
  CHECK(label(model.run({"--defaults", model / "mine.toml"})) == std::to_string(index));
  CHECK(label(model.run({"--defaults", model / "mine.toml", "--labels", model / "given.txt"})) ==
        std::string(1, static_cast<char>('A' + index)));
  CHECK(label(model.run({"--labels", model / "given.txt"})) ==
        std::string(1, static_cast<char>('A' + index)));
}

TEST_CASE("defaults: a file of labels is relative to the file that names it") {
  const Beside model("labels = \"names.txt\"\n");
  write(model / "names.txt", "A\nB\nC\nD\nE\nF\nG\nH\nI\nJ\n");
  const Json json = model.run();
  CHECK(label(json) ==
        std::string(1, static_cast<char>('A' + json["inputs"][0]["prediction"]["index"].get<int>())));
}

TEST_CASE("defaults: preprocessing from a file scales pictures, not arrays of floats") {
  const Beside model("preprocess = \"signed\"\n");
  const Json json = nv_json("run", {"run", model.model(), seven, small_input, "--json"});
  CHECK(json["inputs"][0]["preprocess"] == "signed");
  CHECK(json["inputs"][0]["layers"][0]["min"] == -1.0);
  CHECK(json["inputs"][1]["preprocess"] == "none");
  CHECK(nv_json("run", {"run", model.model(), seven, "--preprocess", "unit",
                        "--json"})["inputs"][0]["preprocess"] == "unit");
}

TEST_CASE("defaults: a file beside a model may only set preprocessing") {
  for (const std::string key : {"output = \"elsewhere\"", "force = true", "layers = \"none\"", "nonsense = 1",
                                "labls = \"mnist\"", "[run]\nlabels = \"mnist\""}) {
    CAPTURE(key);
    const Beside model(key);
    const Outcome outcome = run_nv({"run", model.model(), small_input});
    CHECK(outcome.code == 2);
    CHECK(not_one_error(outcome, model.file() + ": ") == "");
    CHECK(count_of(outcome.err, "--no-defaults") == 1);
    CHECK_FALSE(std::filesystem::exists("elsewhere"));
    CHECK(run_nv({"run", model.model(), small_input, "--no-defaults"}).code == 0);
  }
}

TEST_CASE("defaults: --defaults can set any option, an unknown one is exit 2 with the nearest name") {
  const Beside model("");
  write(model / "mine.toml", "top = 2\nlayers = \"conv\"\n[run]\nno-title = true\n[inspect]\nstats = true\n");
  const Json json =
      nv_json("run", {"run", model.model(), small_input, "--json", "--defaults", model / "mine.toml"});
  CHECK(json["inputs"][0]["top"].size() == 2);
  CHECK(json["inputs"][0]["layers"].size() == 1);
  write(model / "wrong.toml", "topp = 2\n");
  const Outcome outcome = run_nv({"run", model.model(), small_input, "--defaults", model / "wrong.toml"});
  CHECK(outcome.code == 2);
  CHECK(not_one_error(outcome, model / "wrong.toml: unknown key 'topp'") == "");
  CHECK(count_of(outcome.err, "top") >= 2);
}

TEST_CASE("defaults: a missing file or invalid TOML is exit 3, an invalid value exit 2") {
  const Beside model("");
  const auto outcome_of = [&](const std::string& text) {
    write(model / "mine.toml", text);
    return run_nv({"run", model.model(), small_input, "--defaults", model / "mine.toml"});
  };
  const Outcome missing = run_nv({"run", model.model(), small_input, "--defaults", "no/such.toml"});
  CHECK(missing.code == 3);
  CHECK(not_one_error(missing, "no/such.toml: ") == "");
  for (const std::string text :
       {"top = 0\n", "top = \"many\"\n", "no-title = 7\n", "preprocess = \"magic\"\n"}) {
    CAPTURE(text);
    const Outcome outcome = outcome_of(text);
    CHECK(outcome.code == 2);
    CHECK(not_one_error(outcome, "") == "");
  }
}

TEST_CASE("defaults: options that make no sense in a file are refused") {
  const Beside model("");
  for (const std::string key : {"defaults = \"a.toml\"", "help = true", "no-defaults = true"}) {
    CAPTURE(key);
    write(model / "mine.toml", key + "\n");
    const Outcome outcome = run_nv({"run", model.model(), small_input, "--defaults", model / "mine.toml"});
    CHECK(outcome.code == 2);
    CHECK(not_one_error(outcome, model / "mine.toml: ") == "");
  }
}

TEST_CASE("defaults: text that is not UTF-8, and a key that is there twice, are exit 3") {
  const Beside model("");
  for (const std::string& text :
       {std::string("\xff\xfet\0o\0p\0", 8), std::string("# caf\xe9\ntop = 2\n"),
        std::string("top = 2\nlayers = \"conv\"\ntop = 3\n"), std::string("top = 2\n# again\n\ntop = 3\n")}) {
    write(model / "mine.toml", text);
    const Outcome outcome = run_nv({"run", model.model(), small_input, "--defaults", model / "mine.toml"});
    CHECK(outcome.code == 3);
    CHECK(not_one_error(outcome, model / "mine.toml: ") == "");
  }
  write(model / "mine.toml",
        "\xef\xbb\xbf"
        "top = 2\n");  // a byte order mark is not part of the text
  CHECK(model.run({"--defaults", model / "mine.toml"})["inputs"][0]["top"].size() == 2);
}

namespace {

/// A user with a file of preferences.
Setting user(const Folder& home, std::string_view toml) {
  std::filesystem::create_directories(home / "nv");
  write(home / "nv/nv.toml", toml);
  Setting setting;
  setting.extra["XDG_CONFIG_HOME"] = home.path();
  return setting;
}

}  // namespace

TEST_CASE("preferences: the user's file sets how pictures look, other sources have precedence") {
  const Folder home;
  const Setting dark = user(home, "theme = \"dark\"\nthreads = 1\n");
  const auto picture = [&](const Arguments& more, const Setting& setting) {
    const Outcome o =
        run_nv(with("run", {small, small_input, "--layers", "conv", "--force", "-o", home / "x.svg"}, more),
               setting);
    INFO(o.err);
    REQUIRE(o.code == 0);
    return read(home / "x.svg");
  };
  const std::string light_picture = picture({}, {}), dark_picture = picture({}, dark);
  CHECK(light_picture != dark_picture);
  // The command that a picture records has them, so that it makes the same picture elsewhere.
  CHECK(dark_picture == picture({"--theme", "dark"}, {}));
  CHECK(picture({"--no-defaults"}, dark).find("--theme") == std::string::npos);
  write(home / "mine.toml", "theme = \"light\"\n");
  const std::string by_file = picture({"--defaults", home / "mine.toml"}, dark);
  CHECK(by_file.find("dark") == std::string::npos);
  CHECK(run_nv({"verify", fixture("sequential_lenet/model.h5"), fixture("sequential_lenet/expected.npz"),
                fixture("sequential_lenet/input.npz")},
               dark)
            .code == 0);  // has no --theme
}

TEST_CASE("preferences: what changes results or writes files is refused") {
  for (const std::string key :
       {"output = \"elsewhere\"", "preprocess = \"raw\"", "html = \"x.html\"", "them = 1"}) {
    CAPTURE(key);
    const Folder home;
    const Outcome outcome = run_nv({"run", small, small_input}, user(home, key));
    CHECK(outcome.code == 2);
    CHECK(not_one_error(outcome, home / "nv/nv.toml: key ") == "");
  }
  const Folder home;
  CHECK(not_one_error(run_nv({"run", small, small_input}, user(home, "theme = \"blue\"")),
                      home / "nv/nv.toml: theme: expected light or dark, got 'blue'") == "");
}

TEST_CASE("defaults: the examples contain the names of their classes") {
  CHECK(nv_json("run", {"run", vgg, example("photos/chelsea-32.png"), "--layers", "none",
                        "--json"})["inputs"][0]["top"][0]["label"]
            .get<std::string>()
            .size() > 2);
}

TEST_CASE("a section that is not allowed is named, not the marks of the parser") {
  const Beside model("[run]\ntop = 2\n");
  const Outcome outcome = run_nv({"run", model.model(), small_input});
  CHECK(outcome.code == 2);
  CHECK(not_one_error(outcome, model / "m.nv.toml: key 'run.top' is not allowed") == "");
  CHECK(count_of(outcome.err, "++") == 0);
}

TEST_CASE("a scale on the command line replaces any of a file, however that says it") {
  const Beside model("mean = 0.5\nstd = 0.25\n");
  CHECK(run_nv({"run", model.model(), small_input, "--preprocess", "raw"}).code == 0);
  write(model / "mine.toml", "preprocess = \"signed\"\n");
  CHECK(run_nv({"run", model.model(), small_input, "--defaults", model / "mine.toml"}).code == 0);
}
