// Output folder of -o: replaced files, state after a failure, the manifest.
#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "support.h"

using namespace nv::test;
namespace fs = std::filesystem;

namespace {

using Names = std::vector<std::string>;

Outcome run_into(const std::string& folder, Arguments more = {}) {
  Arguments words{"run", small, small_input, "-q", "-o", folder};
  words.insert(words.end(), more.begin(), more.end());
  return run_nv(words);
}

Names listed(const std::string& folder) {
  const Json manifest = parse_file(folder + "/nv-manifest.json");
  CHECK(violations("manifest", manifest) == "");
  return manifest["files"].get<Names>();
}

bool half_written(const std::string& folder) {
  return std::ranges::any_of(names(folder),
                             [](const std::string& name) { return name.find(".tmp") != std::string::npos; });
}

}  // namespace

TEST_CASE("folder: it is created with its parents, and the manifest lists every file but itself") {
  const Folder folder;
  CHECK(run_into(folder / "a/b/out", {"--format", "png,npz"}).code == 0);
  Names all = names(folder / "a/b/out");
  CHECK(std::erase(all, "nv-manifest.json") == 1);
  CHECK(all.size() > 5);
  CHECK(listed(folder / "a/b/out") == all);
}

TEST_CASE("folder: the manifest is the last file written") {
  const Folder folder;
  CHECK(run_into(folder / "out").code == 0);
  const auto manifest = fs::last_write_time(folder / "out/nv-manifest.json");
  for (const std::string& name : names(folder / "out"))
    CHECK(fs::last_write_time(folder / ("out/" + name)) <= manifest);
}

TEST_CASE("folder: nv's own files are replaced without asking") {
  const Folder folder;
  CHECK(run_into(folder / "out").code == 0);
  const auto first = tree(folder / "out");
  write(folder / "out/digit/001-conv.png", "changed");
  CHECK(run_into(folder / "out").code == 0);
  CHECK(tree(folder / "out") == first);
}

TEST_CASE("folder: results of one input are replaced whole, those of others stay, and --clean removes them") {
  const Folder folder;
  CHECK(run_into(folder / "out", {"--format", "png,npz,npy"}).code == 0);
  CHECK(run_into(folder / "out", {"--layers", "conv", "--format", "npy"}).code == 0);
  CHECK(names(folder / "out") ==
        Names{"digit/001-conv.npy", "digit/prediction.json", "nv-manifest.json", "run.json"});
  const Arguments other{"run", lenet, seven, "--layers", "none", "-q", "-o", folder / "out"};
  CHECK(run_nv(other).code == 0);
  CHECK(names(folder / "out") == Names{"7_0293/prediction.json", "digit/001-conv.npy",
                                       "digit/prediction.json", "nv-manifest.json", "run.json"});
  CHECK(listed(folder / "out") ==
        Names{"7_0293/prediction.json", "digit/001-conv.npy", "digit/prediction.json", "run.json"});
  CHECK(parse_file(folder / "out/run.json")["inputs"].size() == 1);
  Arguments clean = other;
  clean.emplace_back("--clean");
  CHECK(run_nv(clean).code == 0);
  CHECK(names(folder / "out") == Names{"7_0293/prediction.json", "nv-manifest.json", "run.json"});
  CHECK_FALSE(fs::exists(folder / "out/digit"));
}

TEST_CASE("folder: a loop over inputs adds up, in every command") {
  const std::vector<std::pair<std::string, Arguments>> commands{
      {"run", {"--layers", "fc2", "--format", "npy"}},
      {"explain", {}},
      {"mutate", {"--freeze", "conv1:0", "--layers", "fc2"}},
      {"compare", {"--freeze", "conv1:0", "--layers", "fc2"}},
      {"attack", {"--method", "fgsm", "--eps", "0.5", "--keep", "all", "--no-sheets"}}};
  for (const auto& [command, more] : commands) {
    CAPTURE(command);
    const Folder folder;
    std::map<std::string, std::string> all;
    for (const std::string image : {"7_0293", "1_0054", "0_0309"}) {
      Arguments words{command, lenet, example("digits/" + image + ".png"), "-q"};
      words.insert(words.end(), more.begin(), more.end());
      Arguments alone = words;
      words.insert(words.end(), {"-o", folder / "out"});
      alone.insert(alone.end(), {"-o", folder / image});
      CHECK(run_nv(words).code <= 1);
      CHECK(run_nv(alone).code <= 1);
      for (auto& [name, bytes] : tree(folder / image))
        if (name.find('/') != std::string::npos || name.find("fgsm") != std::string::npos) all[name] = bytes;
    }
    auto out = tree(folder / "out");
    for (const auto& [name, bytes] : all) {
      CAPTURE(name);
      CHECK(out[name] == bytes);
    }
  }
}

TEST_CASE("folder: two commands in one folder replace only their own results") {
  const Folder folder;
  CHECK(run_into(folder / "out", {"--layers", "conv", "--format", "npy"}).code == 0);
  const Arguments explain{"explain", small, small_input, "-q", "-o", folder / "out"};
  CHECK(run_nv(explain).code == 0);
  CHECK(names(folder / "out") == Names{"digit/001-conv.npy", "digit/gradient-overlay.png",
                                       "digit/gradient.png", "digit/prediction.json", "explain.json",
                                       "nv-manifest.json", "run.json"});
  CHECK(run_into(folder / "out", {"--layers", "none"}).code == 0);
  CHECK(names(folder / "out") == Names{"digit/gradient-overlay.png", "digit/gradient.png",
                                       "digit/prediction.json", "explain.json", "nv-manifest.json",
                                       "run.json"});
  const Json manifest = parse_file(folder / "out/nv-manifest.json");
  CHECK(violations("manifest", manifest) == "");
  CHECK(manifest["others"]["explain"] ==
        Json{"digit/gradient-overlay.png", "digit/gradient.png", "explain.json"});
}

TEST_CASE("folder: inputs of the run are neither replaced nor removed, with any flags") {
  const Folder folder;
  CHECK(run_into(folder / "out", {"--layers", "conv", "--format", "npy"}).code == 0);
  const auto before = tree(folder / "out");
  const std::string sample = folder / "out/digit/001-conv.npy";
  const Outcome outcome = run_nv({"run", small, sample, small_input, "-o", folder / "out", "--clean"});
  CHECK(outcome.code == 2);
  CHECK(not_one_error(outcome, "--clean would remove ") == "");
  CHECK(tree(folder / "out") == before);
  // The labels' file has the name of a result.
  write(folder / "out/digit/002-pool.npy", "0\n1\n2\n3\n4\n5\n6\n7\n8\n9\n");
  const Outcome labels =
      run_into(folder / "out", {"--format", "npy", "--force", "--labels", folder / "out/digit/002-pool.npy"});
  CHECK(labels.code == 2);
  CHECK(read(folder / "out/digit/002-pool.npy").starts_with("0\n1"));
}

TEST_CASE("folder: names in a manifest, a lock or a list cannot lead outside or through a link") {
  for (const std::string source : {"nv-manifest.json", ".nv-lock"})
    for (const std::string more : {"", "--clean"}) {
      CAPTURE(source);
      const Folder folder;
      write(folder / "precious/t", "mine");
      write(folder / "precious/digit/prediction.json", "mine");
      fs::create_directories(folder / "out");
      fs::create_symlink(folder / "precious", folder / "out/link");
      fs::create_symlink(folder / "precious/t", folder / "out/run.json");
      const Names bad{
          "link/t", "../precious/t", folder / "precious/t",  "link/digit/prediction.json", "", ".", "..",
          "a//b",   "run.json",      std::string("a\0b", 3), std::string(5000, 'x')};
      std::string lock;
      for (const std::string& name : bad) lock += name + "\n";
      write(folder / ("out/" + source), source == ".nv-lock" ? lock
                                                             : Json{{"schema", "neuralvis/manifest/1"},
                                                                    {"command", "run"},
                                                                    {"version", "0.1.0"},
                                                                    {"files", bad}}
                                                                   .dump());
      const Outcome outcome = more.empty() ? run_into(folder / "out", {"--layers", "none"})
                                           : run_into(folder / "out", {"--clean"});
      CHECK(outcome.code == 5);  // run.json is a link: not written by nv
      CHECK(read(folder / "precious/t") == "mine");
      CHECK(read(folder / "precious/digit/prediction.json") == "mine");
      CHECK(fs::is_symlink(folder / "out/run.json"));
      CHECK(run_into(folder / "out", {"--layers", "none", "--force"}).code == 0);
      CHECK(fs::is_regular_file(fs::symlink_status(folder / "out/run.json")));
      CHECK(read(folder / "precious/t") == "mine");
      CHECK(listed(folder / "out") == Names{"digit/prediction.json", "run.json"});
    }
}

TEST_CASE("folder: results do not go through a link in the folder, not even with --force") {
  const Folder folder;
  fs::create_directories(folder / "precious");
  fs::create_directories(folder / "out");
  fs::create_symlink(folder / "precious", folder / "out/digit");
  for (const Arguments& more : {Arguments{}, {"--force"}}) {
    const Outcome outcome = run_into(folder / "out", more);
    CHECK(outcome.code == 5);
    CHECK(not_one_error(outcome, folder / "out/digit/") == "");
    CHECK(names(folder / "precious").empty());
  }
  // The folder of -o itself can be a link, since the user named it.
  fs::create_symlink(folder / "precious", folder / "link");
  CHECK(run_into(folder / "link", {"--layers", "none"}).code == 0);
  CHECK(names(folder / "precious") == Names{"digit/prediction.json", "nv-manifest.json", "run.json"});
}

TEST_CASE("folder: a lock that is a link or not a file is exit 5, and its target is unchanged") {
  const Folder folder;
  write(folder / "precious", "mine");
  fs::create_directories(folder / "out");
  fs::create_symlink(folder / "precious", folder / "out/.nv-lock");
  CHECK(run_into(folder / "out").code == 5);
  CHECK(read(folder / "precious") == "mine");
}

TEST_CASE("folder: a file's mode is kept, and temporary files of a killed run are removed") {
  const Folder folder;
  CHECK(run_into(folder / "out", {"--layers", "none"}).code == 0);
  fs::permissions(folder / "out/run.json", fs::perms::owner_read | fs::perms::owner_write);
  write(folder / "out/.nv-abcdefgh.tmp", "half");
  write(folder / "out/.nv-mine.tmp", "mine");
  CHECK(run_into(folder / "out", {"--layers", "none"}).code == 0);
  CHECK(fs::status(folder / "out/run.json").permissions() ==
        (fs::perms::owner_read | fs::perms::owner_write));
  CHECK_FALSE(fs::exists(folder / "out/.nv-abcdefgh.tmp"));
  CHECK(read(folder / "out/.nv-mine.tmp") == "mine");
}

TEST_CASE("folder: files that nv did not write are unchanged, wherever they are") {
  const Folder folder;
  write(folder / "out/notes.txt", "mine");
  write(folder / "out/digit/notes.txt", "mine too");
  CHECK(run_into(folder / "out").code == 0);
  CHECK(run_nv({"run", lenet, seven, "--layers", "none", "-q", "-o", folder / "out"}).code == 0);
  CHECK(names(folder / "out") == Names{"7_0293/prediction.json", "digit/000-input_layer_1.png",
                                       "digit/001-conv.png", "digit/002-pool.png", "digit/003-flatten.png",
                                       "digit/004-predictions.png", "digit/notes.txt", "digit/overview.png",
                                       "digit/prediction.json", "notes.txt", "nv-manifest.json", "run.json"});
  CHECK(read(folder / "out/notes.txt") == "mine");
}

TEST_CASE("folder: an existing file that nv did not write is exit 5 and unchanged, and --force replaces it") {
  for (const std::string name :
       {"digit/001-conv.png", "digit/prediction.json", "run.json", "digit/overview.png"}) {
    CAPTURE(name);
    const Folder folder;
    write(folder / ("out/" + name), "mine");
    const Outcome outcome = run_into(folder / "out", {"--json"});
    CHECK(outcome.code == 5);
    CHECK(lines(outcome.err).size() == 2);
    CHECK(outcome.err.starts_with("nv: error: " + (folder / ("out/" + name)) + ": "));
    CHECK(count_of(outcome.err, "hint: ") == 1);
    CHECK(count_of(outcome.err, "--force") == 1);
    CHECK(read(folder / ("out/" + name)) == "mine");
    CHECK_FALSE(fs::exists(folder / "out/nv-manifest.json"));
    CHECK_FALSE(half_written(folder.path()));
    CHECK(run_into(folder / "out", {"--force"}).code == 0);
    CHECK(read(folder / ("out/" + name)) != "mine");
    CHECK(std::ranges::count(listed(folder / "out"), name) == 1);
  }
}

TEST_CASE("folder: an existing link is not a file of nv's either, and its target is unchanged") {
  const Folder folder;
  write(folder / "precious", "mine");
  fs::create_directories(folder / "out");
  fs::create_symlink(folder / "precious", folder / "out/run.json");
  CHECK(run_into(folder / "out").code == 5);
  CHECK(read(folder / "precious") == "mine");
  CHECK(run_into(folder / "out", {"--force"}).code == 0);
  CHECK(read(folder / "precious") == "mine");
}

TEST_CASE("folder: a run that fails before it writes leaves no files and no folder") {
  const Folder folder;
  write(folder / "text.png", "no picture");
  const std::vector<Arguments> failing{
      {"run", fixture("odd/lstm.h5"), small_input},
      {"run", "no/such.h5", small_input},
      {"run", small, folder / "text.png", "--strict"},
      {"run", small, small_input, "--layers", "nothing"},
      {"run", small, small_input, "--format", "gif"},
      {"run", small, small_input, "--truth", "no/such.txt"},
      {"run", small, small_input, "--labels", "no/such.txt"},
      {"run", small, small_input, "--colormap", "nothing"},
  };
  for (Arguments words : failing) {
    words.insert(words.end(), {"-o", folder / "out"});
    INFO(typed(words));
    const Outcome outcome = run_nv(words);
    CHECK(outcome.code >= 2);
    CHECK(not_one_error(outcome, "") == "");
    CHECK(names(folder.path()) == Names{"text.png"});
    CHECK_FALSE(fs::exists(folder / "out"));
  }
}

TEST_CASE("folder: a run that fails keeps files of earlier runs") {
  const Folder folder;
  CHECK(run_into(folder / "out").code == 0);
  const auto before = tree(folder / "out");
  CHECK(run_nv({"run", small, "no/such.npy", "--strict", "-o", folder / "out"}).code == 3);
  CHECK(run_nv({"run", fixture("odd/lstm.h5"), small_input, "-o", folder / "out"}).code == 4);
  CHECK(tree(folder / "out") == before);
}

TEST_CASE("folder: the document is written even if every input is bad") {
  const Folder folder;
  const Outcome outcome = run_nv({"run", small, "no/such.npy", "-q", "-o", folder / "out", "--json"});
  CHECK(outcome.code == 3);
  CHECK(names(folder / "out") == Names{"nv-manifest.json", "run.json"});
  CHECK(parse_file(folder / "out/run.json")["inputs"][0]["status"] == "error");
}

TEST_CASE("folder: a manifest that leads outside the folder removes nothing there") {
  const Folder folder;
  write(folder / "precious", "mine");
  write(folder / "out/nv-manifest.json", Json{{"schema", "neuralvis/manifest/1"},
                                              {"command", "run"},
                                              {"version", "0.1.0"},
                                              {"files", {"../precious", folder / "precious", ""}}}
                                             .dump());
  CHECK(run_into(folder / "out").code == 0);
  CHECK(read(folder / "precious") == "mine");
}

TEST_CASE("folder: a manifest that nv did not write is exit 5 and unchanged") {
  std::string deep = R"({"schema":"neuralvis/manifest/1","files":[],"others":)";
  for (int i = 0; i < 200'000; ++i) deep += "{\"a\":";
  deep += "1" + std::string(200'001, '}');
  for (const std::string& text : {std::string("mine"), std::string("{}"), std::string("[]"),
                                  std::string(R"({"schema": "neuralvis/manifest/1"})"), std::string(),
                                  std::string(R"({"schema":5,"files":[]})"), deep}) {
    CAPTURE(text.substr(0, 60));
    const Folder folder;
    write(folder / "out/nv-manifest.json", text);
    const Outcome outcome = run_into(folder / "out");
    CHECK(outcome.code == 5);
    CHECK(not_one_error(outcome, folder / "out/nv-manifest.json") == "");
    CHECK(read(folder / "out/nv-manifest.json") == text);
    CHECK(names(folder / "out") == Names{"nv-manifest.json"});
  }
}

TEST_CASE("folder: two runs at once into one folder take turns, and the result is that of one of them") {
  const Folder folder;
  CHECK(run_into(folder / "one", {"--layers", "conv"}).code == 0);
  CHECK(run_into(folder / "both", {"--layers", "pool"}).code == 0);
  const int lock = ::open((folder / "both/.nv-lock").c_str(), O_RDWR | O_CREAT, 0666);
  REQUIRE(::flock(lock, LOCK_EX) == 0);
  // Another process holds the lock, and nv waits until it is released.
  const pid_t holder = ::fork();
  if (holder == 0) {
    ::usleep(300'000);
    ::_exit(0);  // releases its copy of the lock
  }
  ::close(lock);
  CHECK(run_into(folder / "both", {"--layers", "conv"}).code == 0);
  CHECK(::waitpid(holder, nullptr, WNOHANG) == holder);  // it had ended before nv continued
  CHECK(tree(folder / "both") == tree(folder / "one"));
}
