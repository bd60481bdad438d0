// Every option of every command: bad values are refused in the same form.
#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <optional>
#include <regex>
#include <set>

#include "support.h"

using namespace nv::test;

namespace {

struct Option {
  std::string name, value_name, description;
};

/// The options on a man page, which is generated from what is declared.
std::vector<Option> options_of(const std::string& page) {
  const std::vector<std::string> text = lines(std::regex_replace(page, std::regex(R"(\\-)"), "-"));
  std::vector<Option> options;
  for (std::size_t i = 0; i + 1 < text.size(); ++i) {
    std::smatch found;
    if (std::regex_match(text[i], found, std::regex(R"(\.B (?:-\w, )?(--[\w-]+)(?: \\fI(.*)\\fR)?)")))
      options.push_back({found[1], found[2], text[i + 1]});
  }
  return options;
}

/// A folder in which each command of `arguments` works.
struct Commands {
  Folder folder;
  std::map<std::string, Arguments> arguments{
      {"inspect", {small}},
      {"run", {small, small_input}},
      {"attack", {small, small_input, "--method", "fgsm"}},
      {"mutate", {small, small_input, "--freeze", "conv:0"}},
      {"compare", {small, small_input, small_input}},
      {"explain", {small, small_input}},
      {"doctor", {small, small_input}},
      {"rank", {small, small_input}},
      {"convert", {small, "-o", "converted.h5"}},
      {"verify", {fixture("sequential_lenet/model.h5"), fixture("sequential_lenet/expected.npz")}},
      {"samples", {"samples"}}};
  Setting here;

  Commands() {
    here.folder = folder.path();
    here.extra["XDG_CONFIG_HOME"] = folder.path();
    const Outcome attack =
        run_nv({"attack", lenet, seven, "--method", "pgd", "--eps", "0.3", "-o", "samples"}, here);
    REQUIRE(attack.code == 0);
    REQUIRE(run_nv({"generate", folder.path()}, here).code == 0);
  }

  std::vector<Option> options(const std::string& command) const {
    return options_of(read(folder / ("nv-" + command + ".1")));
  }

  Outcome run(const std::string& command, const Arguments& more) const {
    return run_nv(with(command, arguments.at(command), more), here);
  }
};

/// What is wrong with the message of an exit code 2; "" for nothing.
std::string fault(const Outcome& outcome, const std::string& option) {
  if (const std::string form = not_one_error(outcome, ""); !form.empty()) return form;
  const std::string first = outcome.err.substr(0, outcome.err.find('\n'));
  const std::string short_name = option == "--output" ? "-o " : option;
  if (first.find(option) == std::string::npos && first.find(short_name) == std::string::npos)
    return "does not name the option";
  const bool has_hint = outcome.err.find("\nhint: ") != std::string::npos;
  static const std::regex expectation("expected|need|exclude|takes");
  if (!std::regex_search(first, expectation) && !has_hint) return "does not say what was expected";
  static const std::regex raw(
      "INT in|FLOAT in|TEXT in|Could not convert|could not be converted|not expected|At Most|At least|"
      "required but received|required .* missing|Value .* not in|Range|flag override|RequiredError|"
      "is no |none of its|cannot be understood");
  if (std::regex_search(outcome.err, raw)) return "has words of the parser";
  return "";
}

void check_message(const Outcome& outcome, const std::string& option, const Arguments& words) {
  INFO(typed(words));
  INFO(outcome.err);
  CHECK(outcome.signal == 0);
  CHECK(outcome.code >= 0);
  CHECK(outcome.code <= 5);
  if (outcome.code == 2) CHECK(fault(outcome, option) == "");
}

bool is_number(const std::string& value_name) {
  return std::set<std::string>{"N", "K", "F", "T", "S"}.contains(value_name);
}

}  // namespace

TEST_CASE("options: bad values of every option of every command are refused in the same form") {
  const Commands commands;
  std::set<std::pair<std::string, std::string>> done;  // options that commands share are tried once
  for (const auto& [command, arguments] : commands.arguments) {
    const std::vector<Option> options = commands.options(command);
    CHECK(options.size() >= 7);
    for (const Option& option : options) {
      if (!done.emplace(option.name, option.description).second) continue;
      const auto run = [&](const Arguments& words) {
        const Outcome outcome = commands.run(command, words);
        check_message(outcome, option.name, with(command, arguments, words));
        for (const char* written : {"@@@", "-7", "1"}) std::filesystem::remove_all(commands.folder / written);
        return outcome.code;
      };
      if (option.value_name.empty()) {
        if (option.name != "--help") CHECK(run({option.name + "=@@@"}) == 2);
        continue;
      }
      CHECK(run({option.name}) == 2);
      CHECK(run({option.name, "--json"}) == 2);
      if (option.name != "--caption") CHECK(run({option.name + "="}) == 2);
      const int code = run({option.name, "@@@"});
      if (is_number(option.value_name)) {
        CHECK(code == 2);
        CHECK(run({option.name, "1e999"}) == 2);
      }
      run({option.name + "=-7"});
      if (option.description.find("can be repeated") == std::string::npos && option.name != "--fail-below" &&
          option.name != "--fail-above")
        CHECK(run({option.name, "1", option.name, "1"}) == 2);
    }
  }
}

TEST_CASE("options: the help of every option with a value says its values and its default") {
  const Commands commands;
  for (const auto& command : commands.arguments)
    for (const Option& option : commands.options(command.first)) {
      if (!is_number(option.value_name)) continue;
      CAPTURE(option.name);
      CAPTURE(option.description);
      CHECK(option.description.find('(') != std::string::npos);
    }
  const std::string text = run_nv({"help", "pictures"}).out + run_nv({"help", "inputs"}).out;
  for (const char* line :
       {"light, dark (default: light)", "(24 to 1200; default: 96;", "(0.25 to 4; default: 1)",
        "bilinear, nearest, area, none (default: bilinear)", "NAME=FILE,NAME=FILE"})
    CHECK(count_of(std::regex_replace(text, std::regex("\\s+"), " "), line) == 1);
}

TEST_CASE("options: messages of the command line, word by word") {
  const std::vector<std::pair<Arguments, std::string>> expected{
      {{"--top", "many"}, "--top: expected a whole number from 1 to 1000000, got 'many'"},
      {{"--top", "0"}, "--top: expected a whole number from 1 to 1000000, got '0'"},
      {{"--top", "3", "--top", "4"}, "--top: expected once, given 2 times"},
      {{"--top"}, "--top: expected a whole number from 1 to 1000000, got nothing"},
      {{"--labels", "--json"}, "--labels: expected FILE, got the option --json"},
      {{"--labels="}, "--labels: expected FILE, got ''"},
      {{"--color", "foo"}, "--color: expected auto, always or never, got 'foo'"},
      {{"--theme", "drak"}, "--theme: expected light or dark, got 'drak'"},
      {{"--dpi", "5"}, "--dpi: expected a number from 24 to 1200, got '5'"},
      {{"--format", "png,gif"}, "--format: expected a list of png, svg, pdf, npz, npy, h5, json, got 'gif'"},
      {{"--items", "x"}, "--items: expected numbers from 0 and ranges, as 17, 0-99 or 3,5,8, got 'x'"},
      {{"--max-memory", "much"}, "--max-memory: expected an amount of memory, got 'much'"},
      {{"--json=maybe"}, "--json: expected no value, got 'maybe'"},
      {{"--width", "7"}, "--width: expected a length with its unit, got '7'"},
      {{"-o", "x.png", "--width", "40px", "--font-size", "20pt"}, "--width 40px: leaves no room"},
  };
  for (const auto& [more, message] : expected) {
    const Outcome outcome = run_nv(with("run", {small, small_input}, more));
    CHECK(outcome.code == 2);
    CHECK(not_one_error(outcome, message) == "");
  }
  CHECK(not_one_error(run_nv({"inspect", small, "--png", "x.jpg"}),
                      "--png: expected a name that ends in .png, got 'x.jpg'") == "");
  CHECK(not_one_error(run_nv({"compare", small, lenet, small_input}),
                      "compare: INPUT: expected an input, got ") == "");
  CHECK(run_nv({"compare", small, lenet, small_input}).err.find("--model-b") != std::string::npos);
  CHECK(not_one_error(run_nv({"verify", small, small_input, "--tolerance", "-1"}),
                      "--tolerance: expected a number above 0, got '-1'") == "");
  CHECK(not_one_error(run_nv({"convert", small, "b.h5", "-o", "c.h5"}),
                      "convert: unexpected argument 'b.h5'") == "");
  CHECK(not_one_error(run_nv({"run", small}), "run: INPUT is required") == "");
  CHECK(count_of(run_nv({"run", small}).err, "usage: nv run MODEL INPUT... [OPTIONS]") == 1);
  CHECK(not_one_error(run_nv({"attack", small, small_input, "--method", "pgd", "--curve", "0.05,,0.1"}),
                      "--curve: expected a positive number, got ''") == "");
}

TEST_CASE("options: a request for help has precedence over whatever else is wrong") {
  for (const Arguments& words :
       {Arguments{"run", "--help"}, {"run", "--top", "many", "--help"}, {"run", small, "--nonsense", "-h"}})
    CHECK(run_nv(words).out == run_nv({"help", "run"}).out);
}
