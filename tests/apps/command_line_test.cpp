// The command recorded in pictures and pages reproduces them.
#include <doctest/doctest.h>

#include <filesystem>
#include <regex>

#include "support.h"

using namespace nv::test;

namespace fs = std::filesystem;

namespace {

/// lenet with its defaults and two digits, in separate folders.
struct Files {
  Folder folder;
  std::string model = folder / "models/lenet.h5", a = folder / "in put/7 a.png",
              b = folder / "in put/#1,x=y.png";

  Files() {
    for (const char* name : {"models", "in put", "flat"}) fs::create_directories(folder / name);
    fs::copy_file(lenet, model);
    fs::copy_file(example("models/lenet5-mnist.nv.toml"), folder / "models/lenet.nv.toml");
    fs::copy_file(seven, a);
    fs::copy_file(seven, b);
    write(folder / "models/labels.txt", "zero\none\ntwo\nthree\nfour\nfive\nsix\nseven\neight\nnine\n");
    for (const char* name : {"models", "in put"})
      for (const auto& file : fs::directory_iterator(folder / name))
        fs::copy_file(file.path(), fs::path(folder / "flat") / file.path().filename());
  }
};

std::string unescaped(std::string text) {
  for (const auto& [from, to] : {std::pair<const char*, const char*>{"&quot;", "\""},
                                 {"&#39;", "'"},
                                 {"&lt;", "<"},
                                 {"&gt;", ">"},
                                 {"&amp;", "&"}})
    text = std::regex_replace(text, std::regex(from), to);
  return text;
}

/// Command recorded in an SVG file.
std::string command_in(const std::string& svg) {
  std::smatch found;
  REQUIRE(
      std::regex_search(svg, found, std::regex("nv (run|inspect|compare|attack|explain|mutate) [^\n<]*")));
  return unescaped(found.str());
}

/// Command recorded in a page of --html.
std::string command_of_page(const std::string& file) {
  const std::string page = read(file);
  const std::size_t begin = page.find("<pre>") + 5;
  return unescaped(page.substr(begin, page.find("</pre>") - begin));
}

/// Runs the command in the folder of its files, with more arguments.
Outcome again(const std::string& folder, const std::string& command, const std::string& more) {
  Setting in_shell;
  in_shell.program = "/bin/bash";
  in_shell.folder = folder;
  in_shell.extra = {{"PATH", fs::path(NV_PROGRAM).parent_path().string() + ":/usr/bin:/bin"}};
  return run_nv({"-c", command + " " + more}, in_shell);
}

}  // namespace

TEST_CASE("the recorded command, typed in the folder of its files, makes the same picture again") {
  const Files f;
  const std::string out = f.folder / "picture.svg";
  const std::vector<Arguments> commands{
      {"run", f.model, f.a, "--layers", "conv1", "--threads", "1", "-o", out},
      {"run", f.model, f.b, "--layers=conv1", "--caption", "it's a/b=c, \"d\"\te \x1b[31m$HOME `x`",
       "-o" + out},
      {"run", "--no-title", "--layers", "conv2", "-q", "--width=84mm", "-o", out, "--color", "never", f.model,
       f.a},
      {"run", f.model, f.a, "--labels", f.folder / "models/labels.txt", "--caption=-x", "--layers",
       "fc*,conv1", "--scale", "channel", "--max-memory", "1G", "-o", out},
      {"compare", f.model, f.a, f.b, "--layers", "conv2", "--force", "-o", out},
      {"compare", f.model, f.a, "--freeze", "conv1:0,3", "--freeze", "conv2:1", "--no-defaults", "--invert",
       "-o", out, "--layers", "conv2"},
      {"inspect", f.model, "--filters", "conv1", "--theme", "dark", "-o", out},
  };
  for (const Arguments& words : commands) {
    CAPTURE(typed(words));
    fs::remove(out);
    const Outcome o = run_nv(words);
    INFO(o.err);
    REQUIRE(o.code == 0);
    const std::string svg = read(out), command = command_in(svg);
    CAPTURE(command);
    CHECK(command.find(f.folder.path()) == std::string::npos);
    for (const char* left_out : {" -o", "--threads", "--color", "--force", "-q", "--max-memory"})
      CHECK(command.find(left_out) == std::string::npos);
    const Outcome second = again(f.folder / "flat", command, "-o again.svg -q");
    INFO(second.err);
    CHECK(second.code == 0);
    CHECK(read(f.folder / "flat/again.svg") == svg);
    fs::remove(f.folder / "flat/again.svg");
  }
}

TEST_CASE("flags before other options keep the values that follow") {
  const Files f;
  const std::string out = f.folder / "out";
  REQUIRE(run_nv({"attack", f.model, f.a, "--method", "pgd", "--eps", "0.3", "--png-safe", "-o", out}).code ==
          0);
  const std::string sheet = read(out + "/pgd/sheets/7 a.png");
  CHECK(sheet.find("nv attack lenet.h5 '7 a.png' --method pgd --eps 0.3 --png-safe") != std::string::npos);
  CHECK(sheet.find("--png-safe -o") == std::string::npos);
  REQUIRE(run_nv({"run", f.model, f.folder / "in put/", "--no-defaults", "-o", out + "2", "--layers", "conv1",
                  "--html", f.folder / "p.html"})
              .code == 0);
  CHECK(command_of_page(f.folder / "p.html") == "nv run lenet.h5 'in put' --no-defaults --layers conv1");
}

TEST_CASE("sums of eps, parts of files and names of layers keep their slashes") {
  const Files f;
  const auto recorded = [&](Arguments words) {
    words.insert(words.end(), {"--html", f.folder / "p.html"});
    const Outcome o = run_nv(words);
    INFO(o.err);
    REQUIRE(o.code <= 1);  // 1: an attack without success
    return command_of_page(f.folder / "p.html");
  };
  CHECK(recorded({"attack", f.model, f.a, "--method", "fgsm", "--eps", "8/255"}) ==
        "nv attack lenet.h5 '7 a.png' --method fgsm --eps 8/255");
  CHECK(recorded({"run", fixture("nested_shared/model.h5"), fixture("nested_shared/input.npz") + "#0",
                  "--layers", "*/*"})
            .ends_with("--layers '*/*'"));
  CHECK(recorded({"run", f.model, kept_images + "#3,5", "--truth", kept_labels}) ==
        "nv run lenet.h5 'kept-images-idx3-ubyte.gz#3,5' --truth kept-labels-idx1-ubyte.gz");
}
