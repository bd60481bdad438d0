// Configurations of functional models, as JSON text.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "keras/support.h"

namespace nv::test {

/// A functional model from "layers", "input_layers" and "output_layers".
inline std::string functional(const std::string& layers, const std::string& inputs,
                              const std::string& outputs, const std::string& class_name = "Functional") {
  return R"({"class_name": ")" + class_name + R"(", "config": {"name": "net", "layers": [)" + layers +
         R"(], "input_layers": )" + inputs + R"(, "output_layers": )" + outputs + "}}";
}

inline std::string input(const std::string& name, const std::string& shape = "[null, 4]") {
  return R"({"class_name": "InputLayer", "name": ")" + name + R"(", "config": {"name": ")" + name +
         R"(", "batch_input_shape": )" + shape + R"(}, "inbound_nodes": []})";
}

/// A layer with calls in the format of Keras 2.
inline std::string layer2(const std::string& name, const std::string& calls, const std::string& kind = "ReLU",
                          const std::string& config = "{}") {
  return R"({"class_name": ")" + kind + R"(", "name": ")" + name + R"(", "config": )" + config +
         R"(, "inbound_nodes": )" + calls + "}";
}

inline std::string tensor3(const std::string& layer, int call = 0, int output = 0) {
  return R"({"class_name": "__keras_tensor__", "config": {"shape": [null, 4], "dtype": "float32", "keras_history": [")" +
         layer + fmt::format("\", {}, {}]}}}}", call, output);
}

/// A layer with one call in the format of Keras 3.
inline std::string layer3(const std::string& name, const std::string& args,
                          const std::string& kind = "ReLU") {
  return R"({"module": "keras.layers", "class_name": ")" + kind + R"(", "config": {"name": ")" + name +
         R"("}, "registered_name": null, "name": ")" + name + R"(", "inbound_nodes": [{"args": )" + args +
         R"(, "kwargs": {}}]})";
}

inline const std::string plain_block = functional(input("in") + "," + layer2("r", R"([[["in", 0, 0, {}]]])"),
                                                  R"([["in", 0, 0]])", R"([["r", 0, 0]])");

/// plain_block as a layer of another model.
inline std::string nested(const std::string& name, const std::string& calls,
                          const std::string& model = plain_block) {
  auto json = nlohmann::ordered_json::parse(model);
  json["name"] = name;
  json["config"]["name"] = name;
  json["inbound_nodes"] = nlohmann::ordered_json::parse(calls);
  return json.dump();
}

inline std::string mistake(const std::string& json) {
  return error_of([&] { (void)graph(json); });
}

}  // namespace nv::test
