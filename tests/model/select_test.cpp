#include "nv/model/select.h"

#include <doctest/doctest.h>

#include "layers/support.h"

namespace nv::test {

namespace {

/// image, conv1, bn, conv1 again, net/conv1, net/pool, "3", "a,b", head
Model model() {
  Model m;
  m.file = "m.h5";
  const auto add = [&](const std::string& path, const std::string& kind) {
    LayerSpec l;
    l.path = path;
    l.name = path.substr(path.rfind('/') + 1);
    l.kind = kind;
    m.layers.push_back(l);
    m.nodes.push_back({path, static_cast<int>(m.layers.size()) - 1, {}, {}});
  };
  add("image", "InputLayer");
  add("conv1", "Conv2D");
  add("bn", "BatchNormalization");
  m.nodes.push_back({"conv1#1", 1, {}, {}});
  add("net/conv1", "Conv2D");
  add("net/pool", "MaxPooling2D");
  add("3", "Dense");
  add("a,b", "Dense");
  add("head", "Dense");
  return m;
}

/// The selected nodes: "1 3".
std::string chosen(const std::string& selection) {
  std::string text;
  const std::vector<bool> nodes = select_layers(model(), selection);
  for (std::size_t i = 0; i < nodes.size(); ++i)
    if (nodes[i]) text += fmt::format("{}{}", text.empty() ? "" : " ", i);
  return text;
}

/// The usage error's text and hint.
std::string mistake(const std::string& selection) {
  try {
    (void)select_layers(model(), selection);
  } catch (const Error& e) {
    return e.kind() == ErrorKind::usage ? fmt::format("{} ({})", e.what(), e.hint()) : "another kind";
  }
  return "";
}

}  // namespace

TEST_CASE("a layer's path selects all its calls, a call's path that call") {
  CHECK(chosen("conv1") == "1 3");
  CHECK(chosen("conv1#1") == "3");
  CHECK(chosen("net/conv1") == "4");
}

TEST_CASE("a name selects layers in nested models, whose paths differ") {
  CHECK(chosen("pool") == "5");
  CHECK(chosen("bn") == "2");
}

TEST_CASE("globs select by path, kinds by class, numbers and ranges by index") {
  CHECK(chosen("conv*") == "1 3");
  CHECK(chosen("net/*") == "4 5");
  CHECK(chosen("*conv?") == "1 4");
  CHECK(chosen("@Conv2D") == "1 3 4");
  CHECK(chosen("@*Pooling*") == "5");
  CHECK(chosen("0") == "0");
  CHECK(chosen("2-4") == "2 3 4");
  CHECK(chosen("8-8") == "8");
}

TEST_CASE("all, none, and lists with spaces") {
  CHECK(chosen("all") == "0 1 2 3 4 5 6 7 8");
  CHECK(chosen("none").empty());
  CHECK(chosen("head, bn ,@MaxPooling2D,0") == "0 2 5 8");
  CHECK(chosen("none,head") == "8");
}

TEST_CASE("the exact name of a layer takes precedence") {
  CHECK(chosen("3") == "6");
  CHECK(chosen("a,b") == "7");
}

TEST_CASE("a selection of nothing is a usage error with similar names as the hint") {
  CHECK(mistake("convv1") == "m.h5: no layer 'convv1' (did you mean conv1, conv1#1?)");
  CHECK(mistake("poool") ==
        "m.h5: no layer 'poool' (did you mean pool?)");  // the name of a layer inside a nested model
  CHECK(mistake("zzzzz") == "m.h5: no layer 'zzzzz' (nv inspect m.h5 lists the layers)");
  CHECK(mistake("zz*").find("m.h5: no layer 'zz*'") == 0);
  CHECK(mistake("@LSTM") ==
        "m.h5: no layer of kind 'LSTM' (it has BatchNormalization, Conv2D, Dense, InputLayer, MaxPooling2D)");
  CHECK(mistake("5-99") == "m.h5: no layers 5-99: they are numbered 0 to 8 ()");
  CHECK(mistake("9").find("they are numbered 0 to 8") != std::string::npos);
  CHECK(mistake("4-2").find("m.h5: no layers 4-2") == 0);
  CHECK(mistake("99999999999999999999999").find("m.h5: no layer '9999") == 0);
  CHECK(mistake("").find("m.h5: no layer ''") == 0);
  CHECK(mistake("head,").find("m.h5: no layer ''") == 0);
  CHECK(mistake("a\nb").find("m.h5: no layer 'a b'") == 0);
}

TEST_CASE("one layer is selected by path, name or number, several are a usage error") {
  CHECK(select_layer(model(), "conv1") == 1);  // its first call
  CHECK(select_layer(model(), "conv1#1") == 3);
  CHECK(select_layer(model(), "pool") == 5);
  CHECK(select_layer(model(), "2") == 2);
  CHECK(complaint([] { select_layer(model(), "conv*"); }) ==
        "usage: m.h5: 'conv*' selects 2 layers, expected one");
  CHECK(complaint([] { select_layer(model(), "none"); }) ==
        "usage: m.h5: 'none' selects 0 layers, expected one");
  CHECK(complaint([] { select_layer(model(), "haed"); }) == "usage: m.h5: no layer 'haed'");
}

}  // namespace nv::test
