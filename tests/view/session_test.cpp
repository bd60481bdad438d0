#include "nv/view/session.h"

#include <doctest/doctest.h>

#include <cmath>
#include <cstring>

#include "keras/support.h"
#include "nv/core/error.h"
#include "nv/data/npy.h"
#include "nv/data/sketch.h"
#include "nv/keras/reader.h"
#include "nv/model/held_weight.h"
#include "nv/view/maps.h"

namespace nv::view::test {

namespace {

const Progress no_progress = [](double) {};

Bytes packed(const std::string& file) {
  About about;
  about.labels = {"zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"};
  return pack_model(open_model(file), to_config(about), WeightPrecision::single);
}

std::string lenet() {
  return NV_EXAMPLES "/models/lenet5-mnist.h5";
}

/// A session with LeNet-5 and one sketched digit, whose id is 1.
class Lenet {
 public:
  Lenet() {
    info = session.open(packed(lenet()), "lenet.h5").json;
    sample = add(seven()).json;
  }
  static Json seven() {
    return {{"kind", "sketch"},
            {"name", "seven"},
            {"size", 28},
            {"brush", 0},
            {"centre", true},
            {"invert", false},
            {"strokes", {{{0.25, 0.25}, {0.75, 0.25}, {0.4, 0.9}}}}};
  }
  Reply add(const Json& source) { return session.ask({{"ask", "add"}, {"source", source}}, {}, no_progress); }
  Reply ask(const Json& request) { return session.ask(request, {}, no_progress); }
  std::size_t layer(const std::string& kind) const {
    for (const Json& l : info["layers"])
      if (l["kind"] == kind) return l["index"].get<std::size_t>();
    return 0;
  }

  Session session;
  Json info, sample;
};

std::vector<float> numbers(const Reply& reply, const Json& array) {
  const Reply::Array& a = reply.arrays.at(array.at("$array").get<std::size_t>());
  std::vector<float> values(a.bytes.size() / sizeof(float));
  std::memcpy(values.data(), a.bytes.data(), a.bytes.size());
  return values;
}

std::string error_of(Lenet& page, const Json& request) {
  try {
    (void)page.ask(request);
  } catch (const Error& e) {
    return e.what();
  } catch (const Json::exception&) {
    return "JSON";
  }
  return "";
}

}  // namespace

TEST_CASE("the page's model: layers as nv inspect lists them, each in a place of the layout") {
  const Lenet page;
  const Engine engine(open_model(lenet()), {1, false});
  REQUIRE(page.info["layers"].size() == engine.model().nodes.size());
  for (std::size_t i = 0; i < engine.model().nodes.size(); ++i) {
    const Json& l = page.info["layers"][i];
    CHECK(l["path"] == engine.model().nodes[i].path);
    CHECK(l["maps"]["count"].get<std::int64_t>() * l["maps"]["height"].get<std::int64_t>() *
              l["maps"]["width"].get<std::int64_t>() ==
          engine.structure().nodes[i].output->elements());
  }
  CHECK(page.info["parameters"] == engine.model().parameters());
  CHECK(page.info["layout"]["nodes"].size() == engine.model().nodes.size());
  CHECK(page.info["layout"]["edges"].size() == engine.model().nodes.size() - 1);
}

TEST_CASE("a sketch is predicted as the same picture is by the engine") {
  const Lenet page;
  Engine engine(open_model(lenet()), {1, false});
  SketchOptions options;
  options.mnist = true;
  const std::vector<Stroke> strokes{{{0.25, 0.25}, {0.75, 0.25}, {0.4, 0.9}}};
  const Tensor input = to_input(sketch(strokes, options), {"", {28, 28, 1}, false}, {});
  const Trace trace = engine.forward(std::vector{input.reshaped(input.shape().batched(1))});
  const Tensor& scores = trace.outputs.back();
  CHECK(page.sample["prediction"]["top"][0]["label"] == "seven");
  REQUIRE(page.sample["prediction"]["scores"].size() == 10);
  for (std::size_t i = 0; i < 10; ++i)
    CHECK(page.sample["prediction"]["scores"][i].get<float>() == scores[static_cast<std::int64_t>(i)]);
}

TEST_CASE("values of a layer are its maps one after another") {
  Lenet page;
  const std::size_t conv = page.layer("Conv2D");
  const Reply reply = page.ask({{"ask", "activations"}, {"id", 1}, {"layers", {conv}}});
  const Json& a = reply.json[0];
  const std::vector<float> values = numbers(reply, a["values"]);
  CHECK(values.size() == a["maps"]["count"].get<std::size_t>() * a["maps"]["height"].get<std::size_t>() *
                             a["maps"]["width"].get<std::size_t>());
  const Tensor ordered = map_values(Tensor(Shape{1, 2, 3}, std::vector<float>{0, 1, 2, 3, 4, 5}), false);
  CHECK(std::vector<float>(ordered.values().begin(), ordered.values().end()) ==
        std::vector<float>{0, 3, 1, 4, 2, 5});
  CHECK(*std::max_element(values.begin(), values.end()) == a["max"].get<float>());
}

TEST_CASE("every value of a convolution and a dense layer is its patch times its kernel") {
  Lenet page;
  for (const std::string kind : {"Conv2D", "Dense"}) {
    CAPTURE(kind);
    const std::size_t i = page.layer(kind);
    const Reply maps = page.ask({{"ask", "activations"}, {"id", 1}, {"layers", {i}}});
    const std::vector<float> values = numbers(maps, maps.json[0]["values"]);
    const auto size = maps.json[0]["maps"];
    const std::int64_t h = size["height"], w = size["width"], count = size["count"];
    for (const std::int64_t k : {std::int64_t{0}, h * w * count / 2, h * w * count - 1}) {
      const Reply reply = page.ask({{"ask", "arithmetic"},
                                    {"id", 1},
                                    {"layer", i},
                                    {"channel", k / (h * w)},
                                    {"y", k / w % h},
                                    {"x", k % w}});
      CHECK(reply.json["value"].get<float>() == values[static_cast<std::size_t>(k)]);
      const std::vector<float> patch = numbers(reply, reply.json["patch"]),
                               kernel = numbers(reply, reply.json["kernel"]);
      REQUIRE(patch.size() == kernel.size());
      double sum = reply.json["bias"].get<double>();
      for (std::size_t j = 0; j < patch.size(); ++j)
        sum += static_cast<double>(patch[j]) * static_cast<double>(kernel[j]);
      if (reply.json["activation"] == "relu") sum = std::max(sum, 0.0);
      CHECK(sum == doctest::Approx(reply.json["value"].get<double>()).epsilon(1e-4));
    }
  }
}

TEST_CASE("freezing changes every sample, and ends with an empty list") {
  Lenet page;
  const std::size_t conv = page.layer("Conv2D");
  const Json before = page.sample["prediction"]["scores"];
  const Reply frozen =
      page.ask({{"ask", "freeze"}, {"frozen", {{{"layer", conv}, {"channels", {0, 1, 2}}}}}});
  REQUIRE(frozen.json.size() == 1);
  CHECK(frozen.json[0]["prediction"]["scores"] != before);
  const Reply maps = page.ask({{"ask", "activations"}, {"id", 1}, {"layers", {conv}}});
  const std::vector<float> values = numbers(maps, maps.json[0]["values"]);
  const std::size_t area =
      maps.json[0]["maps"]["height"].get<std::size_t>() * maps.json[0]["maps"]["width"].get<std::size_t>();
  CHECK(std::all_of(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(3 * area),
                    [](float x) { return x == 0; }));
  const Reply whole = page.ask({{"ask", "freeze"}, {"frozen", Json::array()}});
  CHECK(whole.json[0]["prediction"]["scores"] == before);
}

TEST_CASE("an attack finds a sample that joins the list beside its original") {
  Lenet page;
  int calls = 0;
  Reply found =
      page.session.ask({{"ask", "attack"}, {"id", 1}, {"method", "pgd"}, {"parameters", {{"eps", 0.3}}}}, {},
                       [&calls](double share) {
                         ++calls;
                         CHECK(share >= 0);
                         CHECK(share <= 1);
                       });
  REQUIRE(found.json["found"] == true);
  CHECK(calls > 0);
  CHECK(found.json["linf"].get<double>() <= 0.3 + 1e-6);
  const std::vector<float> values = numbers(found, found.json["array"]["data"]);
  const Json source{{"kind", "array"},
                    {"name", found.json["array"]["name"]},
                    {"shape", found.json["array"]["shape"]},
                    {"origin", 1}};
  const Reply added =
      page.session.ask({{"ask", "add"}, {"source", source}}, std::as_bytes(std::span(values)), no_progress);
  CHECK(added.json["origin"] == 1);
  CHECK(added.json["prediction"]["top"][0]["index"] != page.sample["prediction"]["top"][0]["index"]);
  const Reply differences =
      page.ask({{"ask", "compare"}, {"a", 1}, {"b", added.json["id"]}, {"layers", {0, 1}}});
  REQUIRE(differences.json.size() == 2);
  CHECK(differences.json[0]["l2"].get<double>() == doctest::Approx(found.json["l2"].get<double>()));
}

TEST_CASE("every attack that is offered says its parameters, with defaults within their limits") {
  Lenet page;
  const Reply methods = page.ask({{"ask", "attackMethods"}});
  CHECK(methods.json.size() >= 30);
  for (const Json& m : methods.json)
    for (const Json& p : m["parameters"]) {
      CAPTURE(m["name"].get<std::string>() + " " + p["name"].get<std::string>());
      CHECK(p["value"].get<double>() >= p["min"].get<double>());
      CHECK(p["value"].get<double>() <= p["max"].get<double>());
    }
}

TEST_CASE("explanations are maps over the input") {
  Lenet page;
  const Reply methods = page.ask({{"ask", "explainMethods"}});
  std::vector<std::string> names;
  for (const Json& m : methods.json) names.push_back(m["name"]);
  for (const std::string name : {"gradient", "grad-cam", "occlusion"}) {
    CAPTURE(name);
    CHECK(std::find(names.begin(), names.end(), name) != names.end());
    const Reply map = page.ask({{"ask", "explain"}, {"id", 1}, {"method", name}, {"class", 7}});
    CHECK(map.json["height"] == 28);
    CHECK(map.json["width"] == 28);
    const std::vector<float> values = numbers(map, map.json["values"]);
    CHECK(std::any_of(values.begin(), values.end(), [](float x) { return x != 0; }));
  }
}

TEST_CASE("requests of another form are errors") {
  Lenet page;
  CHECK(error_of(page, {{"ask", "nothing"}}) == "there is no question 'nothing'");
  CHECK(error_of(page, {{"ask", "activations"}, {"id", 9}, {"layers", {0}}}) == "there is no sample 9");
  CHECK(error_of(page, {{"ask", "activations"}, {"id", 1}, {"layers", {99}}}) == "there is no layer 99");
  CHECK(error_of(page, {{"ask", "activations"}, {"id", 1}, {"layers", {-1}}}) == "there is no layer -1");
  CHECK(error_of(page, {{"ask", "activations"}}) == "JSON");
  CHECK(error_of(page, {{"ask", "add"},
                        {"source",
                         {{"kind", "rgba"}, {"name", ""}, {"width", 1 << 20}, {"height", 1 << 20}}}}) != "");
  CHECK(error_of(page, {{"ask", "add"},
                        {"source", {{"kind", "array"}, {"name", ""}, {"shape", {28, 28, 1}}}}}) != "");
  CHECK(error_of(page, {{"ask", "freeze"}, {"frozen", {{{"layer", 1}, {"channels", {1000}}}}}}) != "");
  CHECK(error_of(page, {{"ask", "arithmetic"},
                        {"id", 1},
                        {"layer", page.layer("Conv2D")},
                        {"channel", 0},
                        {"y", 0},
                        {"x", 99}}) != "");
  Session empty;
  CHECK_THROWS_AS((void)empty.ask({{"ask", "attackMethods"}}, {}, no_progress), Error);
}

/// A model of one chain of layers after an input of 4 x 4 x 1, with weights of its own; `spoiled` has one of
/// another shape.
Bytes chain(const std::string& layers, const std::string& spoiled = "") {
  Model m = nv::test::graph(R"({"class_name": "Sequential", "config": {"name": "s", "layers": [
      {"class_name": "InputLayer", "config": {"name": "x", "batch_shape": [null, 4, 4, 1]}}, )" +
                            layers + "]}}");
  const Structure structure = analyse(m);
  for (std::size_t i = 0; i < m.nodes.size(); ++i) {
    LayerSpec& spec = m.layers[static_cast<std::size_t>(m.nodes[i].layer)];
    for (const WeightSpec& w : expected_weights(structure.nodes[i])) {
      const Shape shape = spec.name == spoiled ? Shape{w.shape.elements() + 1} : w.shape;
      spec.weights.push_back({w.name, shape, "float32",
                              std::make_shared<HeldWeight>(Tensor(shape, w.name == "bias" ? -1.0F : 0.1F))});
    }
  }
  About about;
  about.labels = {"cat", "dog"};
  return pack_model(m, to_config(about), WeightPrecision::single);
}

const std::string one_unit = R"({"class_name": "Flatten", "config": {"name": "flat"}},
    {"class_name": "Dense", "config": {"name": "fc", "units": 1, "activation": "ACTIVATION"}})";

/// The answer to a first sample of zeros, of a model that ends in one unit.
Json of_one_unit(const std::string& activation) {
  Session session;
  std::string layers = one_unit;
  layers.replace(layers.find("ACTIVATION"), 10, activation);
  Json info = session.open(chain(layers), "m").json;
  const std::vector<float> zeros(16);
  Json answer =
      session
          .ask({{"ask", "add"}, {"source", {{"kind", "array"}, {"name", "a"}, {"shape", {4, 4, 1}}}}},
               std::as_bytes(std::span(zeros)), no_progress)
          .json;
  answer["classifier"] = info["classifier"];
  return answer;
}

TEST_CASE("a single unit with a sigmoid has the scores of both classes, as nv's figures show them") {
  const Json sigmoid = of_one_unit("sigmoid");
  const double p = 1 / (1 + std::exp(1.0));
  REQUIRE(sigmoid["prediction"]["scores"].size() == 2);
  CHECK(sigmoid["prediction"]["scores"][0].get<double>() == doctest::Approx(1 - p));
  CHECK(sigmoid["prediction"]["scores"][1].get<double>() == doctest::Approx(p));
  CHECK(sigmoid["prediction"]["top"][0]["label"] == "cat");
  CHECK(sigmoid["prediction"]["top"][0]["score"].get<double>() == doctest::Approx(1 - p));
  CHECK(sigmoid["classifier"]["scores"] == 2);
  CHECK(sigmoid["classifier"]["probability"] == true);
  const Json linear = of_one_unit("linear");
  CHECK(linear["prediction"]["scores"] == Json{-1.0});
  CHECK(linear["prediction"]["top"].size() == 1);
  CHECK(linear["prediction"]["top"][0]["label"] == "cat");
  CHECK(linear["classifier"]["scores"] == 1);
  CHECK(linear["classifier"]["probability"] == false);
}

TEST_CASE("a model that cannot be computed is opened, and says by layer what is in the way") {
  Session session;
  const std::string layers =
      R"({"class_name": "Conv2D", "config": {"name": "c", "filters": 2, "kernel_size": [3, 3]}},
      {"class_name": "Mystery", "config": {"name": "unknown"}})";
  const Json info = session.open(chain(layers, "c"), "m").json;
  REQUIRE(info["layers"].size() == 3);
  CHECK(info["layers"][0]["problem"] == "");
  CHECK(info["layers"][1]["problem"].get<std::string>().starts_with("weight kernel is 19 in the file"));
  CHECK(info["layers"][2]["problem"] != "");
  const std::vector<float> zeros(16);
  CHECK_THROWS_AS((void)session.ask(
                      {{"ask", "add"}, {"source", {{"kind", "array"}, {"name", "a"}, {"shape", {4, 4, 1}}}}},
                      std::as_bytes(std::span(zeros)), no_progress),
                  Error);
}

TEST_CASE("a second session opens the bytes that the first one has") {
  Lenet page;
  const Reply model = page.ask({{"ask", "model"}});
  const Reply::Array& a = model.arrays.at(0);
  CHECK(a.type == Reply::Type::bytes);
  Session second;
  CHECK(second.open(Bytes(a.bytes.begin(), a.bytes.end()), "lenet.h5").json == page.info);
}

TEST_CASE("each input of a model with several has its picture") {
  Session session;
  (void)session.open(packed(NV_FIXTURES "/two_in_two_out/model.h5"), "two.h5");
  std::vector<float> numbers(8 * 8 * 3 + 5, 0.5F);
  numbers.back() = 1;
  const Json source{{"kind", "array"}, {"name", "a"}, {"shape", {8, 8, 3}}, {"more", {{5}}}};
  const Reply reply =
      session.ask({{"ask", "add"}, {"source", source}}, std::as_bytes(std::span(numbers)), no_progress);
  CHECK(reply.json["picture"]["width"] == 8);
  REQUIRE(reply.json["more"].size() == 1);
  const Json& vector = reply.json["more"][0];  // a row of its values
  CHECK(vector["width"] == 5);
  CHECK(vector["height"] == 1);
  const auto pixels = reply.arrays.at(vector["rgba"]["$array"].get<std::size_t>()).bytes;
  REQUIRE(pixels.size() == 20);
  CHECK(pixels[0] == std::byte{0});
  CHECK(pixels[16] == std::byte{255});
}

TEST_CASE("a batch normalisation's value is asked for as it is drawn") {
  Session session;
  const std::string layers =
      R"({"class_name": "Conv2D", "config": {"name": "c", "filters": 3, "kernel_size": [2, 2]}},
      {"class_name": "BatchNormalization", "config": {"name": "bn"}})";
  const Json info = session.open(chain(layers), "m").json;
  CHECK(info["layers"][1]["normalised"] == false);
  CHECK(info["layers"][2]["normalised"] == true);
  std::vector<float> numbers(16);
  for (std::size_t i = 0; i < numbers.size(); ++i) numbers[i] = static_cast<float>(i);
  (void)session.ask({{"ask", "add"}, {"source", {{"kind", "array"}, {"name", "a"}, {"shape", {4, 4, 1}}}}},
                    std::as_bytes(std::span(numbers)), no_progress);
  const auto values = [&](int layer) {
    const Reply r = session.ask({{"ask", "activations"}, {"id", 1}, {"layers", {layer}}}, {}, no_progress);
    return nv::view::test::numbers(r, r.json[0]["values"]);
  };
  const Json n =
      session
          .ask({{"ask", "normalisation"}, {"id", 1}, {"layer", 2}, {"channel", 2}, {"y", 1}, {"x", 2}}, {},
               no_progress)
          .json;
  CHECK(n["value"].get<float>() == values(2)[2 * 9 + 1 * 3 + 2]);
  CHECK(n["input"].get<float>() == values(1)[2 * 9 + 1 * 3 + 2]);
  CHECK_THROWS_AS((void)session.ask(
                      {{"ask", "normalisation"}, {"id", 1}, {"layer", 2}, {"channel", 3}, {"y", 0}, {"x", 0}},
                      {}, no_progress),
                  Error);
}

TEST_CASE("a parameter whose default is a share of eps says so, and is taken as it is written") {
  Lenet page;
  const Json methods = page.ask({{"ask", "attackMethods"}}).json;
  const auto method =
      std::find_if(methods.begin(), methods.end(), [](const Json& m) { return m["name"] == "pgd"; });
  REQUIRE(method != methods.end());
  double usual = 0, eps = 0, share = 0;
  for (const Json& p : (*method)["parameters"]) {
    if (p["name"] == "eps") eps = p["value"];
    if (p["name"] != "step-size") continue;
    usual = p["value"];
    share = p["perEps"];
  }
  CHECK(share > 0);
  CHECK(usual == doctest::Approx(share * eps));
  const auto steps = [&](const Json& parameters) {
    return page.ask({{"ask", "attack"}, {"id", 1}, {"method", "pgd"}, {"parameters", parameters}}).json["l2"];
  };
  // The value that is the default for another eps is taken as it is.
  CHECK(steps({{"eps", 0.3}, {"step-size", usual}}) != steps({{"eps", 0.3}}));
}

TEST_CASE("samples go, and a replaced one keeps its id") {
  Lenet page;
  Json dot = Lenet::seven();
  dot["strokes"] = {{{0.5, 0.5}}};
  const Reply replaced = page.session.ask({{"ask", "add"}, {"source", dot}, {"replace", 1}}, {}, no_progress);
  CHECK(replaced.json["id"] == 1);
  CHECK(replaced.json["prediction"]["scores"] != page.sample["prediction"]["scores"]);
  (void)page.ask({{"ask", "remove"}, {"id", 1}});
  CHECK(error_of(page, {{"ask", "remove"}, {"id", 1}}) == "there is no sample 1");
}

}  // namespace nv::view::test
