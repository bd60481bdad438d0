// Completion of command lines: what nv answers, and what shells make of it.
#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>

#include "support.h"

using namespace nv::test;

namespace fs = std::filesystem;

namespace {

struct Answer {
  std::string kind;                ///< first line
  std::vector<std::string> words;  ///< without descriptions
  std::string text;
  bool has(const std::string& word) const { return std::ranges::find(words, word) != words.end(); }
};

/// What nv answers to the words typed, the last of which is completed.
Answer complete(Arguments words) {
  words.insert(words.begin(), "complete");
  const Outcome outcome = run_nv(words);
  CHECK(outcome.code == 0);
  CHECK(outcome.err == "");
  Answer answer{"", {}, outcome.out};
  const std::vector<std::string> text = lines(outcome.out);
  for (std::size_t i = 1; i < text.size(); ++i) answer.words.push_back(text[i].substr(0, text[i].find('\t')));
  answer.kind = text.at(0);
  return answer;
}

/// Scripts of the shells, and the folder of nv first in PATH.
struct Shell {
  Folder folder;
  Setting setting;
  std::string name;

  explicit Shell(std::string shell) : name(std::move(shell)) {
    for (const char* const bin : {"/usr/bin/", "/bin/", "/usr/local/bin/"})
      if (setting.program == NV_PROGRAM && fs::exists(bin + name)) setting.program = bin + name;
    setting.folder = folder.path();
    setting.extra = {{"PATH", fs::path(NV_PROGRAM).parent_path().string() + ":/usr/bin:/bin"},
                     {"HOME", folder.path()},
                     {"XDG_CONFIG_HOME", folder.path()},
                     {"XDG_DATA_HOME", folder.path()}};
    REQUIRE(run_nv({"generate", folder.path()}).code == 0);
    fs::copy_file(lenet, folder / "lenet.h5");
    write(folder / "names.txt", "cat\ndog\n");
  }

  bool is_installed() const { return setting.program != NV_PROGRAM; }

  std::vector<std::string> run(const std::string& script) const {
    const Outcome outcome = run_nv({"-c", script}, setting);
    INFO(outcome.err);
    CHECK(outcome.code == 0);
    return lines(outcome.out);
  }
};

bool holds(const std::vector<std::string>& list, const std::string& word) {
  return std::ranges::find(list, word) != list.end();
}

}  // namespace

TEST_CASE("complete: commands, topics and options") {
  const Answer first = complete({"nv", ""});
  CHECK(first.kind == "files");  // nv MODEL
  for (const char* word : {"run", "attack", "version", "help"}) CHECK(first.has(word));
  CHECK(complete({"nv", "ins"}).words == std::vector<std::string>{"inspect"});
  CHECK(complete({"nv", "help", "p"}).words == std::vector<std::string>{"pictures"});
  const Answer options = complete({"nv", "run", small, "--th"});
  CHECK(options.words == std::vector<std::string>{"--theme", "--threads"});
  CHECK(count_of(options.text, "light, dark") == 1);
  CHECK(complete({"nv-run", small, "--them"}).words == std::vector<std::string>{"--theme"});
  CHECK(complete({"nv", small, "--summ"}).words == std::vector<std::string>{"--summary"});
  CHECK(complete({"nv", "run", small, ""}).kind == "files");
}

TEST_CASE("complete: values of options") {
  CHECK(complete({"nv", "run", small, "--theme", ""}).words == std::vector<std::string>{"light", "dark"});
  CHECK(complete({"nv", "run", small, "--theme=d"}).words == std::vector<std::string>{"--theme=dark"});
  CHECK(complete({"nv", "run", small, "--colormap", "v"}).words == std::vector<std::string>{"viridis"});
  CHECK(complete({"nv", "run", small, "--format", "png,n"}).words ==
        std::vector<std::string>{"png,npz", "png,npy"});
  CHECK_FALSE(complete({"nv", "run", small, "--format", "png,p"}).has("png,png"));
  CHECK(complete({"nv", "attack", small, "--method", "fgsm,pg"}).has("fgsm,pgd"));
  CHECK(complete({"nv", "run", small, "--fail-below", ""}).words ==
        std::vector<std::string>{"accuracy=", "top5_accuracy="});
  CHECK(complete({"nv", "run", small, "--labels", "cif"}).kind == "files");
  CHECK(complete({"nv", "run", small, "--labels", "cif"}).has("cifar10"));
  CHECK(complete({"nv", "run", small, "--caption", ""}).words.empty());
}

TEST_CASE("complete: layers and classes of the model on the command line") {
  CHECK(complete({"nv", "run", lenet, seven, "--layers", "con"}).words ==
        std::vector<std::string>{"conv1", "conv2"});
  CHECK(complete({"nv", "run", seven, "--layers", "con"}).words.empty());  // not a model
  CHECK(complete({"nv", "run", lenet, "--layers", "conv1,@De"}).words ==
        std::vector<std::string>{"conv1,@Dense"});
  CHECK(complete({"nv", "run", "--layers", "conv1", lenet, "--layers=conv1,fc"}).has("--layers=conv1,fc1"));
  CHECK(complete({"nv", "compare", lenet, seven, "--freeze", "conv2"}).words ==
        std::vector<std::string>{"conv2:"});
  CHECK(complete({"nv", "inspect", lenet, "--filters", "conv1"}).has("conv1"));
  CHECK(complete({"nv", "attack", vgg, "--target", "d"}).words == std::vector<std::string>{"deer", "dog"});
  CHECK(complete({"nv", "explain", lenet, "--labels", "cifar10", "--class", "s"}).has("ship"));
}

TEST_CASE("complete: a wrong command line has no candidates and is no error") {
  for (const Arguments& words : std::vector<Arguments>{{"nv", "nonsense", ""},
                                                       {"nv", "run", "no.h5", "--layers", ""},
                                                       {"nv"},
                                                       {},
                                                       {"nv", "run", "--x", ""}})
    CHECK(complete(words).words.empty());
}

TEST_CASE("completion in bash") {
  const Shell bash("bash");
  REQUIRE(bash.is_installed());
  // Bash splits words at = and :.
  const auto reply = [&](const std::string& words, const std::string& line) {
    return bash.run("compopt() { :; }; source nv.bash; COMP_WORDS=(" + words +
                    "); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); COMP_LINE='" + line +
                    "'; COMP_POINT=${#COMP_LINE}; _nv; printf '%s\\n' \"${COMPREPLY[@]}\"");
  };
  CHECK(holds(reply("nv ''", "nv "), "inspect"));
  CHECK(holds(reply("nv le", "nv le"), "lenet.h5"));
  CHECK(reply("nv run lenet.h5 --them", "nv run lenet.h5 --them") == std::vector<std::string>{"--theme"});
  CHECK(reply("nv run lenet.h5 --theme = d", "nv run lenet.h5 --theme=d") ==
        std::vector<std::string>{"dark"});
  CHECK(reply("nv run lenet.h5 --layers conv1,co", "nv run lenet.h5 --layers conv1,co") ==
        std::vector<std::string>{"conv1,conv2"});
  CHECK(reply("nv run lenet.h5 x.npz : a --layers co", "nv run lenet.h5 x.npz:a --layers co") ==
        std::vector<std::string>{"conv1", "conv2"});
  CHECK(reply("nv run lenet.h5 --labels na", "nv run lenet.h5 --labels na") ==
        std::vector<std::string>{"names.txt"});
  CHECK(reply("nv-inspect --ver", "nv-inspect --ver") == std::vector<std::string>{"--verbose"});
}

TEST_CASE("completion in fish") {
  const Shell fish("fish");
  if (!fish.is_installed()) return;
  const auto reply = [&](const std::string& line) {
    return fish.run("source nv.fish; complete -C '" + line + "' | string replace -r '\\t.*' ''; true");
  };
  CHECK(holds(reply("nv ins"), "inspect"));
  CHECK(holds(reply("nv le"), "lenet.h5"));
  CHECK(reply("nv run lenet.h5 --them") == std::vector<std::string>{"--theme"});
  CHECK(holds(reply("nv run lenet.h5 --theme "), "light"));
  CHECK(reply("nv run lenet.h5 --theme=d") == std::vector<std::string>{"--theme=dark"});
  CHECK(reply("nv run lenet.h5 --layers conv1,co") == std::vector<std::string>{"conv1,conv2"});
  CHECK(holds(reply("nv-inspect --ver"), "--verbose"));
}

TEST_CASE("completion in zsh") {
  const Shell zsh("zsh");
  if (!zsh.is_installed()) return;
  // The functions of zsh's completion system print what they are given.
  const auto reply = [&](const std::string& words, const std::string& prefix) {
    return zsh.run(
        "_describe() { print -rl -- \"${(@)${(@P)3}%%:*}\" }; _files() { print -r FILES }; "
        "compset() { :; }; words=(" +
        words + " '" + prefix + "'); CURRENT=$#words; PREFIX='" + prefix + "'; source ./_nv");
  };
  CHECK(holds(reply("nv", ""), "inspect"));
  CHECK(holds(reply("nv run", ""), "FILES"));
  CHECK(reply("nv run lenet.h5", "--them") == std::vector<std::string>{"--theme"});
  CHECK(reply("nv run lenet.h5 --theme", "") == std::vector<std::string>{"light", "dark"});
  CHECK(reply("nv run lenet.h5", "--theme=d") == std::vector<std::string>{"--theme=dark"});
  CHECK(reply("nv run lenet.h5 --layers", "conv1,co") == std::vector<std::string>{"conv1,conv2"});
}
