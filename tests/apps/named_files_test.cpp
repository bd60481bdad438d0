// Single files named by the user: when they are replaced.
#include <doctest/doctest.h>
#include <sys/stat.h>

#include <filesystem>

#include "support.h"

using namespace nv::test;
namespace fs = std::filesystem;

namespace {

struct Case {
  Arguments words;   ///< arguments before the file's name
  std::string name;  ///< of the file
};

/// All options that name an output file.
std::vector<Case> cases() {
  return {{{"run", lenet, seven, "-q", "-o"}, "a.png"},
          {{"run", lenet, seven, "-q", "-o"}, "a.svg"},
          {{"run", lenet, seven, "-q", "-o"}, "a.pdf"},
          {{"run", lenet, seven, "--layers", "none", "-q", "--html"}, "a.html"},
          {{"explain", lenet, seven, "-q", "-o"}, "a.png"},
          {{"explain", lenet, seven, "-q", "--html"}, "a.html"},
          {{"mutate", lenet, seven, "--freeze", "conv1:0", "-q", "-o"}, "a.svg"},
          {{"mutate", lenet, seven, "--freeze", "conv1:0", "--layers", "fc2", "-q", "--html"}, "a.html"},
          {{"mutate", lenet, "--freeze", "conv1:0", "-q", "--save"}, "a.h5"},
          {{"mutate", lenet, "--freeze", "conv1:0", "-q", "--save"}, "a.keras"},
          {{"compare", lenet, seven, "--freeze", "conv1:0", "--layers", "fc2", "-q", "-o"}, "a.png"},
          {{"compare", lenet, seven, "--freeze", "conv1:0", "--layers", "fc2", "-q", "--html"}, "a.html"},
          {{"convert", lenet, "-q", "-o"}, "a.h5"},
          {{"convert", lenet, "-q", "-o"}, "a.keras"},
          {{"inspect", lenet, "-q", "--svg"}, "a.svg"},
          {{"inspect", lenet, "-q", "--png"}, "a.png"},
          {{"inspect", lenet, "-q", "--pdf"}, "a.pdf"},
          {{"inspect", lenet, "-q", "--html"}, "a.html"},
          {{"inspect", lenet, "-q", "--filters", "conv1", "-o"}, "a.png"}};
}

}  // namespace

TEST_CASE("named files: a file that nv did not write needs --force, its own are replaced") {
  for (const Case& c : cases()) {
    const Folder folder;
    const std::string file = folder / c.name;
    Arguments words = c.words;
    words.push_back(file);
    INFO(typed(words));
    // Of any kind, also empty.
    for (const std::string& mine : {std::string("mine"), std::string(), read(seven), read(small)}) {
      write(file, mine);
      const Outcome outcome = run_nv(words);
      CHECK(outcome.code == 5);
      CHECK(outcome.err.starts_with("nv: error: " + file + ": exists, and nv did not write it\nhint: "));
      CHECK(count_of(outcome.err, "--force") == 1);
      CHECK(read(file) == mine);
    }
    Arguments forced = words;
    forced.emplace_back("--force");
    CHECK(run_nv(forced).code == 0);
    const std::string made = read(file);
    CHECK(made != read(small));
    CHECK(run_nv(words).code == 0);
    CHECK(read(file) == made);
    CHECK(names(folder.path()) == std::vector<std::string>{c.name});
  }
}

TEST_CASE("named files: samples --export and --sheet") {
  const Folder folder;
  REQUIRE(
      run_nv({"attack", lenet, seven, "--method", "fgsm", "--eps", "0.9", "-q", "-o", folder / "out"}).code ==
      0);
  for (const auto& [option, name] : {std::pair("--export", "a.npz"), std::pair("--sheet", "a.png")}) {
    const Arguments words{"samples", folder / "out", option, folder / name};
    write(folder / name, "mine");
    CHECK(run_nv(words).code == 5);
    CHECK(read(folder / name) == "mine");
    Arguments forced = words;
    forced.emplace_back("--force");
    CHECK(run_nv(forced).code == 0);
    CHECK(run_nv(words).code == 0);
  }
}

TEST_CASE("named files: an input of the run is exit 2, also with --force") {
  const Folder folder;
  fs::copy(lenet, folder / "m.h5");
  fs::copy(seven, folder / "x.png");
  write(folder / "labels.html", "0\n1\n2\n3\n4\n5\n6\n7\n8\n9\n");
  write(folder / "c.h5", R"({"freeze":[{"layer":"conv1","filters":[0]}]})");
  const std::string model = folder / "m.h5", image = folder / "x.png", other = folder / "other.h5";
  fs::copy(lenet, other);
  write(folder / "m.nv.toml", "labels = \"mnist\"\n");
  const std::string list = folder / "list", original = folder / "original.png";
  fs::create_directory(list);
  fs::copy(seven, list + "/a.png");
  fs::copy(seven, original);
  write(list + "/samples.jsonl", R"({"id":"a","file":"a.png","label":7,"origin":")" + original + "\"}\n");
  const auto before = tree(folder.path());
  for (const Arguments& words :
       {Arguments{"convert", model, "-o", model},
        {"mutate", model, "--freeze", "conv1:0", "--save", model},
        {"mutate", model, "--config", folder / "c.h5", "--save", folder / "c.h5"},
        {"run", model, image, "-o", image},
        {"explain", model, image, "-o", image},
        {"mutate", model, image, "--freeze", "conv1:0", "-o", image},
        {"compare", model, image, "--freeze", "conv1:0", "-o", image},
        {"run", model, image, "--labels", folder / "labels.html", "--html", folder / "labels.html"},
        {"run", model, image, "--html", folder / "m.nv.toml"},
        {"run", model, list, "--html", list + "/samples.jsonl"},
        {"run", model, list + "/a.png", "--truth", list, "--html", list + "/samples.jsonl"},
        {"compare", model, list, "--html", original},
        {"compare", model, image, "--model-b", other, "--html", other},
        {"attack", model, image, "--method", "fgsm", "--transfer", other, "--html", other},
        {"attack", model, image, "--method", "deepxplore", "--models", other, "--html", other},
        {"inspect", model, "--html", model},
        {"inspect", model, "--png", folder / "y.png", "--html", folder / "y.png"}}) {
    Arguments forced = words;
    forced.emplace_back("--force");
    INFO(typed(forced));
    CHECK(run_nv(forced).code == 2);
    CHECK(tree(folder.path()) == before);
  }
}

TEST_CASE("named files: a link is followed if its target may be replaced") {
  const Folder folder;
  REQUIRE(run_nv({"inspect", lenet, "-q", "--svg", folder / "real.svg"}).code == 0);
  const std::string made = read(folder / "real.svg");
  fs::create_symlink("real.svg", folder / "link.svg");
  CHECK(run_nv({"inspect", small, "-q", "--svg", folder / "link.svg"}).code == 0);
  CHECK(fs::is_symlink(folder / "link.svg"));
  CHECK(read(folder / "real.svg") != made);
  write(folder / "precious", "mine");
  fs::create_symlink("precious", folder / "other.svg");
  fs::create_symlink("nowhere", folder / "dangling.svg");
  CHECK(run_nv({"inspect", small, "-q", "--svg", folder / "other.svg"}).code == 5);
  CHECK(run_nv({"inspect", small, "-q", "--svg", folder / "dangling.svg"}).code == 5);
  CHECK(read(folder / "precious") == "mine");
}

TEST_CASE("named files: standard output and pipes are written to") {
  const Folder folder;
  for (const std::string name : {"/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"}) {
    const Outcome outcome = run_nv({"inspect", lenet, "-q", "--svg", name});
    CHECK(outcome.code == 0);
    CHECK(outcome.out.starts_with("<?xml"));
    CHECK(count_of(outcome.out, "</svg>") == 1);
  }
  // Also if it is a file: it is not replaced.
  write(folder / "log", "");
  Setting to_file;
  to_file.stdout_file = folder / "log";
  CHECK(run_nv({"inspect", lenet, "-q", "--svg", "/dev/stdout"}, to_file).code == 0);
  CHECK(read(folder / "log").starts_with("<?xml"));
  CHECK(names(folder.path()) == std::vector<std::string>{"log"});
}

TEST_CASE("named files: two outputs of one name are exit 2, before anything is written") {
  const Folder folder;
  const std::string out = folder / "out", picture = folder / "z.png";
  const std::string model = folder / "a.h5";
  fs::create_directory(folder / "here");
  fs::create_directory_symlink("here", folder / "there");
  const auto before = tree(folder.path());
  for (const Arguments& words :
       {Arguments{"mutate", lenet, seven, "--freeze", "conv1:0", "--save", model, "--html", model},
        {"mutate", lenet, seven, "--freeze", "conv1:0", "--save", model, "-o", model},
        {"run", lenet, seven, "-o", picture, "--html", picture},
        {"run", lenet, seven, "-o", picture, "--html", folder.path() + "/./here/../z.png"},
        {"run", lenet, seven, "-o", folder / "here/z.png", "--html", folder / "there/z.png"},
        {"run", lenet, seven, "-o", out, "--html", out + "/7_0293/overview.png"},
        {"run", lenet, seven, "-o", out, "--html", out + "/run.json"},
        {"run", lenet, seven, "-o", out + "/", "--html", out},
        {"run", lenet, seven, "-o", out + "/deeper", "--html", out},
        {"explain", lenet, seven, "-o", out, "--html", out + "/explain.json"},
        {"compare", lenet, seven, "--freeze", "conv1:0", "-o", picture, "--html", picture},
        {"attack", lenet, seven, "--method", "fgsm", "-o", out, "--html", out + "/attack.json"},
        {"inspect", lenet, "--svg", picture, "--png", picture},
        {"inspect", lenet, "--filters", "conv1", "-o", picture, "--html", picture}}) {
    INFO(typed(words));
    const Outcome outcome = run_nv(words);
    CHECK(outcome.code == 2);
    CHECK(not_one_error(outcome, "") == "");
    CHECK(tree(folder.path()) == before);
  }
}

TEST_CASE("named files: a page and a model may lie in the folder of results") {
  const Folder folder;
  const std::string out = folder / "out";
  const Arguments words{"mutate", lenet, seven,    "--freeze",         "conv1:0", "--layers",         "fc2",
                        "-o",     out,   "--html", out + "/page.html", "--save",  out + "/changed.h5"};
  REQUIRE(run_nv(words).code == 0);
  CHECK(fs::exists(out + "/page.html"));
  CHECK(fs::exists(out + "/changed.h5"));
  CHECK(run_nv(words).code == 0);  // and again
}

TEST_CASE("named files: standard output gets one document") {
  for (const std::string name : {"-", "/dev/stdout"}) {
    for (const Arguments& words : {Arguments{"run", lenet, seven},
                                   {"explain", lenet, seven},
                                   {"compare", lenet, seven, "--freeze", "conv1:0", "--layers", "fc2"},
                                   {"mutate", lenet, seven, "--freeze", "conv1:0", "--layers", "fc2"},
                                   {"attack", lenet, seven, "--method", "pgd", "--eps", "0.25"},
                                   {"inspect", lenet}}) {
      Arguments page = words;
      page.insert(page.end(), {"-q", "--html", name});
      INFO(typed(page));
      const Outcome alone = run_nv(page);
      CHECK(alone.code == 0);
      CHECK(alone.out.starts_with("<!doctype html>"));
      CHECK(alone.out.ends_with("</html>\n"));
      page.emplace_back("--json");
      const Outcome both = run_nv(page);
      CHECK(both.code == 2);
      CHECK(not_one_error(both, "") == "");
    }
    CHECK(run_nv({"inspect", lenet, "--svg", name, "--html", name}).code == 2);
    CHECK(run_nv({"inspect", lenet, "--svg", name, "--dot"}).code == 2);
    CHECK(run_nv({"run", lenet, seven, "--jsonl", "--html", name}).code == 2);
  }
}
