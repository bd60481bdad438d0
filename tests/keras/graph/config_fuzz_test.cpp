// Model configurations changed at random: each is a model or an nv::Error.
#include <doctest/doctest.h>

#include <filesystem>
#include <random>

#include "keras/support.h"
#include "nv/engine/engine.h"
#include "nv/keras/graph/keras1.h"
#include "nv/keras/hdf5/file.h"
#include "nv/keras/weights/weights.h"

namespace nv::test {

namespace {

using Json = nlohmann::ordered_json;
using Random = std::mt19937;

/// Below `n`; the standard's distributions differ from library to library.
std::size_t below(Random& random, std::size_t n) {
  return random() % n;
}

/// Every value in a document, itself included.
void collect(Json& json, std::vector<Json*>& into) {
  into.push_back(&json);
  if (json.is_structured())
    for (Json& item : json) collect(item, into);
}

/// Values to put in place of others.
Json strange_value(Random& random) {
  static const std::vector<Json> values{nullptr,
                                        true,
                                        false,
                                        0,
                                        1,
                                        -1,
                                        1LL << 31,
                                        std::numeric_limits<std::int64_t>::min(),
                                        std::numeric_limits<std::uint64_t>::max(),
                                        1e300,
                                        -0.5,
                                        "",
                                        "x",
                                        "é\n/..",
                                        std::string(5000, 'a'),
                                        Json::array(),
                                        Json::object(),
                                        Json::array({nullptr}),
                                        Json::array({Json::array()}),
                                        {{"a", 1}},
                                        Json::array({"x", 0, 0}),
                                        Json::array({Json::array({"x", 0, 0})}),
                                        {{"class_name", "X"}, {"config", Json::object()}},
                                        {{"class_name", 3}},
                                        "relu",
                                        "channels_first",
                                        Json::array({1, 2, 3, 4, 5, 6, 7, 8, 9, 10}),
                                        Json::array({-5, -5}),
                                        Json::array({1e9, 1e9}),
                                        {{"__input__", 7}},
                                        {{"__input__", "x"}},
                                        {{"config", Json::array()}}};
  return values[below(random, values.size())];
}

void mutate_once(Json& json, Random& random) {
  std::vector<Json*> all;
  collect(json, all);
  Json& at = *all[below(random, all.size())];
  switch (below(random, 6)) {
    case 0:
      at = Json::array({at});
      break;
    case 1:
      at = Json{{"a", at}};
      break;
    case 2: {
      const Json other = *all[below(random, all.size())];
      at = other;
      break;
    }
    case 3:
      if (at.is_structured() && !at.empty())
        at.erase(std::next(at.begin(), static_cast<std::ptrdiff_t>(below(random, at.size()))));
      break;
    default:
      at = strange_value(random);
  }
}

struct Source {
  std::string file;
  Json config;
  int keras_major;
};

std::vector<Source> sources() {
  std::vector<Source> list;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(NV_FIXTURES)) {
    const std::string file = entry.path().string();
    if (!file.ends_with("/model.h5") && !file.ends_with("lambda.h5") && !file.ends_with("lstm.h5")) continue;
    const auto h5 = Hdf5File::open(file);
    const bool third = h5->text("/", "keras_version").value_or("3").starts_with("3");
    list.push_back({file, Json::parse(*h5->text("/", "model_config")), third ? 3 : 2});
  }
  std::ranges::sort(list, {}, &Source::file);
  return list;
}

/// Runs the model on zeros if it is small.
void run_if_small(const Model& model, const Structure& structure) {
  if (structure.macs() > 1'000'000) return;
  std::int64_t elements = 0;
  for (const NodeStructure& n : structure.nodes)
    if (!n.output || !n.output->known() || (elements += n.output->elements()) > 1'000'000) return;
  std::vector<Tensor> inputs;
  for (const Port& p : model.inputs)
    inputs.emplace_back(structure.nodes[static_cast<std::size_t>(p.value.node)].output->batched(1), 0.0F);
  (void)Engine(model, {1}).forward(inputs);
}

/// "model", "run", or the kind of error. Any other exception fails the test.
std::string outcome(const Source& source, Json json, int major) {
  Model model;
  model.file = source.file;
  model.origin.keras_major = major;
  try {
    if (major == 1) convert_keras1_config(json);
    const LayerTree tree = read_graph(json, model);
    bind_legacy_weights(Hdf5File::open(source.file), "model_weights", tree, model);
    const Structure structure = analyse(model);
    run_if_small(model, structure);
  } catch (const Error& e) {
    CHECK(std::string(e.what()).find('\n') == std::string::npos);
    return "error";
  }
  return "model";
}

}  // namespace

TEST_CASE("a configuration changed at random is a model or an error, never a crash") {
  const std::vector<Source> all = sources();
  REQUIRE(all.size() > 10);
  Random random(1);
  std::map<std::string, int> outcomes;
  for (int i = 0; i < 1500; ++i) {
    const Source& source = all[below(random, all.size())];
    Json json = source.config;
    for (std::size_t n = 1 + below(random, 3); n > 0; --n) mutate_once(json, random);
    const int major = below(random, 8) == 0 ? 1 : source.keras_major;
    const std::string shown = json.dump();
    CAPTURE(source.file);
    CAPTURE(shown);
    std::string result;
    CHECK_NOTHROW(result = outcome(source, json, major));
    ++outcomes[result];
  }
  CHECK(outcomes["model"] > 100);
  CHECK(outcomes["error"] > 100);
}

}  // namespace nv::test
