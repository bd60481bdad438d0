// Dispatch to commands, help, errors of the command line, colours.
#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>

#include "support.h"

using namespace nv::test;

namespace {

std::size_t code_points(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(text, [](char c) { return (c & 0xC0) != 0x80; }));
}

/// Commands listed in the overview, except version and help.
std::vector<std::string> commands() {
  const std::vector<std::string> text = lines(run_nv({"--help"}).out);
  std::vector<std::string> list;
  for (auto line = std::ranges::find(text, "Commands") + 1; line < text.end() && line->starts_with("  ");
       ++line)
    list.push_back(line->substr(2, line->find(' ', 2) - 2));
  std::erase_if(list, [](const std::string& name) { return name == "version" || name == "help"; });
  return list;
}

Setting link(const std::string& name) {
  Setting setting;
  setting.program = (std::filesystem::path(NV_PROGRAM).parent_path() / name).string();
  return setting;
}

}  // namespace

TEST_CASE("dispatch: nv-COMMAND is nv COMMAND") {
  const Outcome word = run_nv({"inspect", small}), by_link = run_nv({small}, link("nv-inspect"));
  CHECK(word.code == 0);
  CHECK(by_link.code == 0);
  CHECK(by_link.out == word.out);
  CHECK(run_nv({small, small_input, "--json"}, link("nv-run")).out ==
        run_nv({"run", small, small_input, "--json"}).out);
}

TEST_CASE("dispatch: the program's name is ignored if it is not a command") {
  const Folder folder;
  std::filesystem::create_symlink(NV_PROGRAM, folder / "neuralvis");
  Setting setting;
  setting.program = folder / "neuralvis";
  CHECK(run_nv({"inspect", small}, setting).out == run_nv({"inspect", small}).out);
}

TEST_CASE("dispatch: without arguments nv prints its usage and exits 2") {
  const Outcome outcome = run_nv({});
  CHECK(outcome.code == 2);
  CHECK(outcome.out == run_nv({"--help"}).out);
}

TEST_CASE("help: the overview fits one screen and names every command") {
  const Outcome outcome = run_nv({"--help"});
  CHECK(outcome.code == 0);
  CHECK(outcome.err == "");
  CHECK(lines(outcome.out).size() <= 24);
  for (const std::string& line : lines(outcome.out)) CHECK(code_points(line) <= 100);
  for (const std::string command : {"inspect", "run"}) CHECK(std::ranges::count(commands(), command) == 1);
  CHECK(run_nv({"help"}).out == outcome.out);
  CHECK(run_nv({"-h"}).out == outcome.out);
}

TEST_CASE("help: the text of every command fits a screen and ends in examples that begin with the command") {
  for (const std::string& command : commands()) {
    CAPTURE(command);
    const Outcome outcome = run_nv({command, "--help"});
    CHECK(outcome.code == 0);
    CHECK(outcome.err == "");
    const std::vector<std::string> text = lines(outcome.out);
    CHECK(text.size() >= 15);
    CHECK(text.size() <= 64);
    for (const std::string& line : text) {
      CAPTURE(line);
      CHECK(code_points(line) <= 100);
    }
    const auto heading = std::ranges::find(text, "Examples:");
    const auto examples = text.end() - heading - 1;
    CHECK(examples >= 2);
    CHECK(examples <= 5);
    for (auto line = heading + 1; line < text.end(); ++line) {
      CAPTURE(*line);
      CHECK(count_of(*line, "nv " + command + " ") == (line->starts_with("  nv") ? 1 : 0));
    }
    CHECK(run_nv({"help", command}).out == outcome.out);
    CHECK(run_nv({command, "-h"}).out == outcome.out);
    CHECK(run_nv({"--help"}, link("nv-" + command)).out == outcome.out);
  }
}

TEST_CASE("help: shared options are listed with each command and described by a topic") {
  const std::string run = run_nv({"run", "--help"}).out;
  for (const auto& [topic, option] :
       {std::pair{"inputs", "--preprocess"}, std::pair{"pictures", "--font-size"},
        std::pair{"computing", "--threads"}, std::pair{"messages", "--color"}}) {
    CAPTURE(topic);
    CHECK(count_of(run, option) >= 1);
    CHECK(count_of(run, std::string("nv help ") + topic) == 1);
    const Outcome outcome = run_nv({"help", topic});
    CHECK(outcome.code == 0);
    CHECK(count_of(outcome.out, option) >= 1);
    CHECK(lines(outcome.out).size() <= 24);
  }
}

TEST_CASE("help: a request for help is never an error") {
  for (const Arguments& words : {Arguments{"version", "--help"},
                                 {"help", "version"},
                                 {"help", "help"},
                                 {"help", "--help"},
                                 {"help", "-h"}}) {
    const Outcome outcome = run_nv(words);
    INFO(typed(words));
    CHECK(outcome.code == 0);
    CHECK(outcome.err == "");
    CHECK(count_of(outcome.out, "Usage") > 0);
  }
}

TEST_CASE("version: one line per library, or JSON, --version is the same") {
  const Outcome text = run_nv({"version"});
  CHECK(text.code == 0);
  for (const char* part : {"nv ", "hdf5 ", "cpu "})
    CHECK(count_of("\n" + text.out, std::string("\n") + part) == 1);
  CHECK(run_nv({"--version"}).out == text.out);
  CHECK(run_nv({"-V"}).out == text.out);
  const Json json = nv_json("version", {"version", "--json"});
  CHECK(count_of(text.out, json["nv"].get<std::string>()) >= 1);
}

TEST_CASE("dispatch: nv MODEL is nv inspect MODEL") {
  CHECK(run_nv({small}).out == run_nv({"inspect", small}).out);
  CHECK(run_nv({small, "--json"}).out == run_nv({"inspect", small, "--json"}).out);
  CHECK(not_one_error(run_nv({"no/such.keras"}), "no/such.keras: no such file") == "");
}

TEST_CASE("usage: nv help takes one command or topic") {
  const Outcome outcome = run_nv({"help", "run", "attack"});
  CHECK(outcome.code == 2);
  CHECK(not_one_error(outcome, "help: expected one command or topic, got 2: 'run attack'") == "");
  CHECK(run_nv({"help", "picures"}).err.find("did you mean pictures?") != std::string::npos);
}

TEST_CASE("usage: an unknown command is exit 2 with the nearest name") {
  const Outcome outcome = run_nv({"insect", small});
  CHECK(outcome.code == 2);
  CHECK(not_one_error(outcome, "no command 'insect'") == "");
  CHECK(count_of(outcome.err, "hint: did you mean inspect?") == 1);
  CHECK(not_one_error(run_nv({"xyzzy"}), "no command 'xyzzy'") == "");
}

TEST_CASE("usage: an unknown option is exit 2 with the nearest name") {
  for (const Arguments& words : {Arguments{"run", small, small_input, "--layer", "conv"},
                                 {"run", small, small_input, "--layer=conv"}}) {
    const Outcome outcome = run_nv(words);
    CHECK(outcome.code == 2);
    CHECK(not_one_error(outcome, "run: no option --layer") == "");
    CHECK(count_of(outcome.err, "--layers") == 1);
  }
  CHECK(run_nv({"inspect", small, "--jsn"}).code == 2);
  CHECK(run_nv({"version", "--nothing"}).code == 2);
}

TEST_CASE("usage: missing arguments and invalid values are exit 2, one line and a hint") {
  const std::vector<Arguments> wrong{
      {"inspect"},
      {"run"},
      {"run", small},
      {"run", small, small_input, "--top", "0"},
      {"run", small, small_input, "--top", "many"},
      {"run", small, small_input, "--threads", "0"},
      {"run", small, small_input, "--color", "pink"},
      {"run", small, small_input, "--scale", "none"},
      {"run", small, small_input, "--colormap", "jet"},
      {"run", small, small_input, "--theme", "blue"},
      {"run", small, small_input, "--preprocess", "magic"},
      {"run", small, small_input, "--resize", "magic"},
      {"run", small, small_input, "--fit", "magic"},
      {"run", small, small_input, "--channels", "xyz"},
      {"run", small, small_input, "--mean", "a"},
      {"run", small, small_input, "--mean", "0.5", "--preprocess", "caffe"},
      {"run", small, small_input, "--items", "x"},
      {"run", small, small_input, "--format", "npz"},
      {"run", small, small_input, "-o", "nowhere", "--format", "gif"},
      {"run", small, small_input, "--only", "wrong"},
      {"run", small, small_input, "--fail-below", "accuracy=0.9"},
      {"run", small, small_input, "--truth", "from-name", "--fail-below", "accuracy"},
      {"run", small, small_input, "--truth", "from-name", "--fail-below", "beauty=1"},
      {"run", small, small_input, "--json", "--jsonl"},
      {"run", small, small_input, "--labels", "no-such-preset"},
      {"inspect", small, "--json", "--dot"},
  };
  for (const Arguments& words : wrong) {
    INFO(typed(words));
    const Outcome outcome = run_nv(words);
    CHECK(outcome.code == 2);
    CHECK(not_one_error(outcome, "") == "");
    CHECK_FALSE(std::filesystem::exists("nowhere"));
  }
}

TEST_CASE("usage: no option takes two arguments in a row") {
  // The picture after the gate is an input, not a second gate.
  const Outcome outcome =
      run_nv({"run", lenet, "--truth", "from-name", "--fail-below", "accuracy=0.5", seven, "--predict"});
  CHECK(outcome.code == 0);
  CHECK(outcome.out.starts_with("7_0293\t7\t"));
}

TEST_CASE("color: none in a pipe, on request always, never with NO_COLOR or --color never") {
  Setting no_color;
  no_color.extra["NO_COLOR"] = "1";
  for (const Arguments& words : {Arguments{"inspect", small}, {"run", small, small_input}}) {
    Arguments always = words, never = words;
    always.insert(always.end(), {"--color", "always"});
    never.insert(never.end(), {"--color", "never"});
    const Outcome plain = run_nv(words), colored = run_nv(always);
    CHECK(count_of(plain.out, "\x1b") == 0);
    CHECK(count_of(colored.out, "\x1b[1m") > 0);
    CHECK(run_nv(never).out == plain.out);
    CHECK(run_nv(words, no_color).out == plain.out);
    // The command line has precedence over the environment.
    CHECK(run_nv(always, no_color).out == colored.out);
  }
  const Arguments json{"inspect", small, "--json", "--color", "always"};
  CHECK(count_of(run_nv(json).out, "\x1b") == 0);
}

TEST_CASE("messages: results on stdout, notes on stderr unless --quiet") {
  const std::string odd = fixture("odd/missing_weight.h5");
  const Outcome outcome = run_nv({"inspect", odd});
  CHECK(outcome.code == 0);
  CHECK(outcome.out.starts_with(odd));
  CHECK(outcome.err.starts_with("nv: note: " + odd));
  const Outcome quiet = run_nv({"inspect", odd, "-q"});
  CHECK(quiet.out == outcome.out);
  CHECK(quiet.err == "");
}

TEST_CASE("generate: man pages and completions of every command") {
  const Folder folder;
  CHECK(run_nv({"generate", folder.path()}).code == 0);
  std::vector<std::string> expected{"_nv", "nv.1", "nv.bash", "nv.fish"};
  for (const std::string& command : commands()) expected.push_back("nv-" + command + ".1");
  std::ranges::sort(expected);
  CHECK(names(folder.path()) == expected);
  // Man pages have the groups, the allowed values and the defaults of --help; completion asks nv itself.
  const std::string page = read(folder / "nv-run.1");
  for (const char* part :
       {".SS Result", ".SS Inputs", "light, dark (default: light)", "(1 to 1000000; default: 5)"})
    CHECK(count_of(page, part) == 1);
  for (const std::string& command : commands())
    for (const char* file : {"_nv", "nv.bash", "nv.fish"})
      CHECK(count_of(read(folder / file), "nv-" + command) > 0);
}
