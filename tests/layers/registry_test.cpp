#include "nv/layers/registry.h"

#include <doctest/doctest.h>

#include "layers/support.h"

namespace nv::test {

TEST_CASE("the kinds that nv computes are listed, sorted, once each") {
  const std::vector<std::string> kinds = layer_kinds();
  CHECK(std::ranges::is_sorted(kinds));
  CHECK(std::ranges::adjacent_find(kinds) == kinds.end());
  for (const char* kind : {"Dense", "Conv2D", "MaxPooling2D", "BatchNormalization", "InputLayer", "Dropout"})
    CHECK(std::ranges::count(kinds, kind) == 1);
}

TEST_CASE("every listed kind is made, or the error names the option that it needs") {
  for (const std::string& kind : layer_kinds()) {
    CAPTURE(kind);
    const std::string what = refusal(kind, "{}");
    CHECK((what.empty() || what.find("input: option ") == 0));
  }
}

TEST_CASE("every listed kind except training-only ones refuses an unknown option") {
  for (const std::string& kind : layer_kinds()) {
    CAPTURE(kind);
    const std::string what =
        refusal(kind, R"({"units": 1, "filters": 1, "kernel_size": 1, "target_shape": [1],
                                              "dims": [1], "height": 1, "width": 1, "pool_size": 1, "n": 1, "scale": 1, "axes": 1,
 "input_dim": 1, "output_dim": 1, "projection_dim": 1, "num_heads": 1, "key_dim": 1,
 "layer": {"class_name": "Dense", "config": {"units": 1}}, "no_such_option": 1})");
    const bool augments = kind == "AugMix" || kind == "CutMix" || kind == "MixUp" || kind == "RandAugment" ||
                          kind == "Solarization" || kind == "StochasticDepth";
    const bool passes = augments || kind == "InputLayer" || kind.find("Dropout") != std::string::npos ||
                        kind == "Identity" || kind == "GaussianNoise" || kind == "ActivityRegularization" ||
                        kind.find("Random") == 0;
    CHECK(what.empty() == passes);
    if (!passes) CHECK(what.find("unsupported: option '") == 0);
  }
}

TEST_CASE("the error says why a kind cannot be computed") {
  CHECK(refusal("Lambda", "{}") ==
        "unsupported: a Lambda layer holds Python bytecode, which nv does not run");
  for (const char* kind : {"LSTM", "GRU", "SimpleRNN", "ConvLSTM2D", "Bidirectional"})
    CHECK(refusal(kind, "{}") == "unsupported: recurrent layers are not supported");
  CHECK(refusal("Hologram", "{}") == "unsupported: layers of kind 'Hologram' are not supported");
}

TEST_CASE("a custom class is not confused with the class of Keras of that name") {
  LayerSpec own = spec("Dense", R"({"units": 1})");
  own.package = "my_package";
  CHECK(complaint([&] { make_layer(own, {}); }) ==
        "unsupported: a custom class ('Dense' of 'my_package'), whose code is not in the file");
}

TEST_CASE("a refusal comes with a hint") {
  try {
    (void)layer("Lambda");
    FAIL("a Lambda layer was made");
  } catch (const Error& e) {
    CHECK(e.hint().find("Rescaling") != std::string::npos);
  }
}

TEST_CASE("quantized weights are refused by the name of their policy") {
  for (
      const char* dtype :
      {R"("int8_from_float32")",
       R"({"class_name": "QuantizedDTypePolicy", "config": {"mode": "int8", "source_name": "float32"}})",
       R"({"class_name": "DTypePolicyMap", "config": {"policy_map": {"a": {"class_name": "QuantizedDTypePolicy", "config": {"mode": "int8", "source_name": "float32"}}}}})"})
    CHECK(complaint([&] {
            (void)layer("Dense", fmt::format(R"({{"units": 2, "dtype": {}}})", dtype));
          }).find("unsupported: its weights are quantized (int8") == 0);
  (void)layer("Dense",
              R"({"units": 2, "dtype": {"class_name": "DTypePolicy", "config": {"name": "mixed_float16"}}})");
}

}  // namespace nv::test
