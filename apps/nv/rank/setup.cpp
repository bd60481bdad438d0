// What nv rank computes its metrics for: layers, profile, the input of --to, the second model.
#include "nv/core/error.h"
#include "nv/core/sha256.h"
#include "nv/core/text.h"
#include "nv/model/select.h"
#include "rank/rank.h"
#include "shared/for_option.h"
#include "shared/open.h"
#include "shared/stage.h"

namespace nv {

/// The layers by --layers and --layer, else those of the profile, else by the model.
void Rank::choose_layers(const Engine& engine, rank::Setup& setup) const {
  const Model& model = engine.model();
  const rank::Profile* const profile = setup.profile.get();
  if (!layers_.empty()) {
    setup.layers = for_option("--layers", [&] { return select_layers(model, layers_); });
  } else if (profile != nullptr && !profile->ranges.empty()) {
    setup.layers.assign(model.nodes.size(), false);
    for (const rank::UnitRanges& ranges : profile->ranges)
      setup.layers[select_layer(model, ranges.path)] = true;
  } else {
    setup.layers = rank::computing_nodes(engine);
  }
  const std::string of_profile = profile == nullptr ? "" : profile->layer();
  if (!layer_.empty())
    setup.layer = for_option("--layer", [&] { return select_layer(model, layer_); });
  else if (!of_profile.empty())
    setup.layer = select_layer(model, of_profile);
  else if (const OutputKind* const output = classifier_of(setup.outputs); output != nullptr)
    setup.layer = rank::last_hidden_node(model, static_cast<std::size_t>(output->value.node));
  if (!of_profile.empty() && setup.layer && model.nodes[*setup.layer].path != of_profile)
    throw Error(ErrorKind::usage,
                fmt::format("--layer: the profile {} is of layer {}, not {}", profile->file,
                            one_line(of_profile), one_line(model.nodes[*setup.layer].path)),
                "make a profile of this layer");
}

/// The input of --to, and its activations of the layer.
void Rank::read_query(Engine& engine, rank::Setup& setup) {
  const Model& model = engine.model();
  if (!setup.layer)
    throw Error(ErrorKind::usage,
                fmt::format("{}: the model has no hidden layer before its classes", model.file),
                "--layer LAYER chooses one");
  query_ =
      Query{for_option("--to", [&] { return input_flags_.load_one(to_, model, engine.structure()); }), {}};
  std::vector<Tensor> batch;
  for (const Tensor& t : query_->input.tensors) batch.push_back(t.reshaped(t.shape().batched(1)));
  std::vector<bool> keep(model.nodes.size(), false);
  keep[*setup.layer] = true;
  const OutputKind* const output = classifier_of(setup.outputs);
  if (output != nullptr) keep[static_cast<std::size_t>(output->value.node)] = true;
  const Trace trace = engine.forward(batch, keep);
  const std::span<const float> values = trace.outputs[*setup.layer].values();
  setup.query.assign(values.begin(), values.end());
  if (output != nullptr)
    query_->prediction = predict(trace.outputs[static_cast<std::size_t>(output->value.node)].values(),
                                 output->activation, input_flags_.labels(defaults_));
}

std::optional<Engine> Rank::open_second(const Engine& engine, const std::vector<OutputKind>& outputs) const {
  if (model_b_.empty()) return std::nullopt;
  std::optional<Engine> second(std::in_place, open_untrusted(model_b_), engine_options_);
  const std::int64_t classes = class_count(engine.structure(), outputs),
                     others =
                         class_count(second->structure(), output_kinds(second->model(), second->structure()));
  if (classes != others || classes == 0)
    throw Error(ErrorKind::usage,
                fmt::format("--model-b: expected a model of {} classes as {}, {} has {}", classes, model_,
                            model_b_, others),
                "nv inspect shows the outputs of both");
  return second;
}

rank::Setup Rank::setup(Engine& engine, const std::vector<OutputKind>& outputs) {
  rank::Setup setup{engine, outputs};
  setup.settings = settings_;
  setup.take = take_;
  if (!profile_.empty()) {
    const Stage stage("reading profile");
    setup.profile = std::make_shared<rank::Profile>(
        rank::read_profile(profile_, engine, model_hash(), class_count(engine.structure(), outputs)));
    if (!setup.profile->parts().includes(parts_))
      throw Error(ErrorKind::input, fmt::format("{}: was not made for all metrics of --by", profile_),
                  fmt::format("make it again with --by {}, or without --by", by_));
  }
  choose_layers(engine, setup);
  if (!to_.empty()) read_query(engine, setup);
  return setup;
}

/// Of the model's file and that of its weights.
std::string Rank::model_hash() const {
  std::string hash = sha256(read_file(model_));
  if (weights_file_.empty()) return hash;
  hash += sha256(read_file(weights_file_));
  return sha256(std::as_bytes(std::span(hash)));
}

}  // namespace nv
