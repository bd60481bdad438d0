// A model configuration parsed into layers and the calls between them, before nested models are flattened.
// Only for the files of this folder.
#pragma once

#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "nv/model/config.h"

namespace nv {

/// An edge: output `tensor` of call `call` of layer `layer`, as Keras writes edges.
struct TensorReference {
  std::string layer;
  int call = 0;
  int tensor = 0;
};

struct ModelDefinition;

struct LayerDefinition {
  std::string name, kind, package;
  nlohmann::ordered_json config;
  std::vector<std::vector<TensorReference>> calls;  ///< the inputs of each call
  std::vector<Config> arguments;                    ///< of each call, as Node::arguments
  bool keras3 = false;                              ///< its calls are in the format of Keras 3
  std::shared_ptr<ModelDefinition> model;           ///< set for a nested model
  int layer = -1;                                   ///< index into Model::layers once it is there
  std::string shared;                               ///< as LayerTree::shared
};

struct ModelDefinition {
  std::string name, kind;  ///< kind: "Sequential" or "Functional"
  std::vector<LayerDefinition> layers;
  std::vector<std::pair<std::string, TensorReference>> inputs,
      outputs;  ///< of a functional model, by port name
};

/// Throws Error(input): the configuration has an unexpected form.
[[noreturn]] void throw_bad_form(const std::string& what);

/// Whether a layer's description is that of a model whose configuration lists its layers.
bool is_model(const nlohmann::ordered_json& layer);

/// Parses {"class_name", "config"} of a model, with the models nested in it. Calls are numbered from 0 in all
/// references. Throws Error(input); JSON exceptions if a key is missing or of another type.
ModelDefinition read_definition(const nlohmann::ordered_json& model);

/// Gives a Sequential model whose first layer declares the input's shape the InputLayer that Keras makes for
/// it.
void add_implied_input(ModelDefinition& model);

}  // namespace nv
