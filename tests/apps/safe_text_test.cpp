// Names in untrusted files reach a terminal only as visible characters.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <regex>

#include "nv/core/file.h"
#include "nv/core/text.h"
#include "nv/data/npz.h"
#include "support.h"

using namespace nv::test;

namespace {

/// Escape sequences, controls of both kinds, a lone byte of each, marks of direction, separators of lines.
const std::string evil =
    "e\x1b[31mv\x1b]0;title\x07i\u009b31ml\u202ex\u2066y\u200fz\u2028w\u061c\u200b\x7f\x08\rq";

/// Characters of `text` that a terminal would interpret; "" for none.
std::string acted_on(std::string text) {
  text = std::regex_replace(text, std::regex("\x1b\\[[012]m"), "");  // nv's own: bold, dim, plain
  return nv::printable(text) == text ? "" : nv::printable(text);
}

}  // namespace

TEST_CASE("names from a model, labels and files never reach the terminal unescaped") {
  const Folder folder;
  const Arguments model = dense_model(folder, {evil + "1", evil + "2"}, 0.5F, evil);
  std::string typed_name;  // a file's name can contain all of it but '/'
  for (const char c : evil) typed_name += c == '/' ? '-' : c;
  const std::string input = vector_input(folder, {0.5F, 0.25F, 0.75F}, typed_name + "\x9b.npy");
  const std::string other = vector_input(folder, {0.25F, 0.5F, 0.75F}, "b.npy");
  write(folder / "labels.txt", evil + "A\n" + evil + "B\n" + evil + "C\n");
  const std::string digit = folder / (typed_name + ".png");
  std::filesystem::copy_file(seven, digit);
  const std::string labels = folder / "labels.txt", out = folder / "out";
  REQUIRE(run_nv(with("run", model, {other, "-q", "-o", folder / "trace", "--format", "npz"})).code == 0);
  std::vector<std::pair<std::string, nv::Tensor>> expected;
  {
    const std::string file = folder / "trace/b/activations.npz";
    const nv::NpzReader trace(nv::read_file(file), file);
    for (const std::string& key : trace.names()) {
      const nv::Tensor t = trace.read(key).as_float();
      expected.emplace_back("layer/" + key, t.reshaped(t.shape().batched(1)));
    }
    expected.emplace_back("input/0", nv::Tensor(nv::Shape{1, 3}, std::vector<float>{0.25F, 0.5F, 0.75F}));
    nv::write_file(folder / "expected.npz", nv::encode_npz(expected));
  }
  const std::vector<Arguments> commands{
      with("inspect", model, {}),
      with("inspect", model, {"--dot"}),
      with("inspect", model, {"--layer", "1"}),
      with("inspect", model, {"--summary"}),
      with("inspect", model, {"--json"}),
      with("inspect", model, {"--stats", "--json"}),
      with("inspect", model, {"--svg", folder / "graph.svg", "--html", folder / "graph.html"}),
      with("inspect", model, {"--layer", evil}),
      {"inspect", folder / evil},
      with("run", model, {input, other, "--labels", labels}),
      with("run", model, {input, "--labels", labels, "--layers", "1", "-v"}),
      with("run", model, {input, "--labels", labels, "--terminal"}),
      with("run", model, {input, other, "--labels", labels, "--predict", "--top", "3"}),
      with("run", model, {input, "--labels", labels, "--json"}),
      with("run", model, {input, "--labels", labels, "--jsonl"}),
      with("run", model, {input, other, "--labels", labels, "--truth", folder / "truth.txt"}),
      with("run", model, {input, "--labels", labels, "-o", out + "/run", "--format", "svg,json,png,pdf,npz"}),
      with("run", model, {folder / "missing\x1b[2J.png"}),
      with("run", model, {labels}),
      with("mutate", model, {input, "--freeze", "1:0", "--labels", labels, "-o", out + "/mutate"}),
      with("mutate", model, {input, "--freeze", evil + "1:0"}),
      with("mutate", model, {input, other, "--rank-filters"}),
      with("mutate", model, {input, other, "--generate", "4"}),
      with("compare", model, {input, other, "--labels", labels, "-o", out + "/compare"}),
      with("compare", model, {input, "--freeze", "1:0", "--labels", labels}),
      with("attack", model,
           {input, other, "--method", "pgd", "--eps", "0.9", "--labels", labels, "-o", out + "/failed"}),
      with("attack", model, {input, "--method", "fgsm", "--eps", "0.5", "--labels", labels, "--json"}),
      {"attack", lenet, digit, "--method", "pgd", "--eps", "0.4", "--labels", labels, "-o", out + "/attack"},
      {"samples", out + "/attack"},
      {"samples", out + "/attack", "--json"},
      {"samples", out + "/attack", "--where", "id=" + evil},
      with("explain", model,
           {input, "--labels", labels, "-o", out + "/explain", "--html", folder / "e.html"}),
      with("convert", model, {"-o", folder / "converted.keras"}),
      {"inspect", folder / "converted.keras"},
      with("verify", model, {folder / "expected.npz"}),
      {"nv" + evil},
      {"run", "--" + evil},
  };
  write(folder / "truth.txt", "0\n1\n");
  for (Arguments words : commands) {
    for (const char* color : {"never", "always"}) {
      if (words.size() > 1) words.insert(words.end(), {"--color", color});
      CAPTURE(nv::printable(typed(words)));
      const Outcome o = run_nv(words);
      CHECK(o.signal == 0);
      CHECK(o.code != -1);
      CHECK(acted_on(o.out) == "");
      CHECK(acted_on(o.err) == "");
      if (std::string_view(color) == "never" && words.size() > 1) CHECK(count_of(o.out, "\x1b") == 0);
    }
  }
  for (const std::string& name : names(folder / "out")) {
    CHECK(acted_on(name) == "");
    if (name.ends_with(".svg") || name.ends_with(".json") || name.ends_with(".jsonl")) {
      CAPTURE(nv::printable(name));
      CHECK(acted_on(read(folder / ("out/" + name))) == "");
    }
  }
  for (const char* name : {"graph.svg", "graph.html", "e.html"}) CHECK(acted_on(read(folder / name)) == "");
}

TEST_CASE("JSON keeps all characters of names, as escapes") {
  const Folder folder;
  const Arguments model = dense_model(folder, {evil}, 0.5F, "\U000e0041\u0085");
  const Outcome o = run_nv(with("inspect", model, {"--json"}));
  CHECK(acted_on(o.out) == "");
  const Json json = parse(o.out);
  CHECK(json["layers"][1]["name"] == evil);
  CHECK(json["model"]["name"] == "\U000e0041\u0085");
}

TEST_CASE("nv's own colours and pictures pass") {
  CHECK(count_of(run_nv({"inspect", small, "--color", "always"}).out, "\x1b[1m") > 0);
  Setting deep;
  deep.extra["COLORTERM"] = "truecolor";
  const Outcome drawn = run_nv({"run", small, small_input, "--terminal", "--color", "always"}, deep);
  CHECK(count_of(drawn.out, "\x1b[38;2;") + count_of(drawn.out, "\x1b[48;2;") > 0);
  CHECK(count_of(drawn.out, "\\x1b") == 0);
}
