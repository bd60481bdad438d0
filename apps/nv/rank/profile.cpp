// nv rank --make-profile: a profile of the inputs, usually the training set.
#include <nlohmann/json.hpp>

#include "nv/analysis/rank/profile_maker.h"
#include "nv/core/error.h"
#include "nv/core/text.h"
#include "nv/report/rank.h"
#include "rank/rank.h"
#include "shared/named_file.h"
#include "shared/output_names.h"
#include "shared/stage.h"

namespace nv {

void Rank::check_profile_options(Console& console) const {
  const auto refuse = [](bool given, const char* option) {
    if (given)
      throw Error(ErrorKind::usage, fmt::format("rank: {} has no meaning with --make-profile", option),
                  "make the profile first, then rank with --profile");
  };
  refuse(!profile_.empty(), "--profile");
  refuse(!out_.path.empty(), "-o");
  refuse(out_.page.wanted(), "--html");
  refuse(take_ > 0, "--take");
  refuse(!to_.empty(), "--to");
  refuse(!measure_.empty(), "--measure");
  refuse(!select_.empty(), "--select");
  refuse(!model_b_.empty(), "--model-b");
  refuse(gates_.given(), "--fail-below");
  refuse(!set_.empty(), "--set");
  refuse(form_.lines(), "--lines");
  refuse(form_.json_lines(), "--jsonl");
  refuse(form_.rows(), "--csv or --tsv");
  if (!make_profile_.ends_with(".npz"))
    throw Error(ErrorKind::usage, fmt::format("--make-profile {}: is not the name of an .npz", make_profile_),
                "FILE.npz");
  const OutputName file[] = {{"--make-profile", make_profile_}};
  check_outputs(console, file, "", !form_.text());
}

/// What the metrics of --by need, or all that the model has.
rank::ProfileParts Rank::profile_parts(const Console& console, const rank::Setup& chosen) const {
  if (!by_.empty() && !parts_.any()) throw_usage("rank: no metric of --by needs a profile");
  const bool layer = chosen.layer.has_value();
  if (by_.empty()) {
    if (!layer)
      console.note(
          fmt::format("{}: no hidden layer before classes: the profile is for metrics of coverage only, "
                      "unless --layer chooses one",
                      model_));
    return {true, classifies_ && layer, layer};
  }
  if (parts_.activations && !classifies_)
    throw Error(ErrorKind::usage, fmt::format("{}: no output is a vector of classes", model_),
                "metrics of coverage and mdsa need none: --by kmnc,mdsa");
  if (!layer && (parts_.activations || parts_.moments))
    throw Error(ErrorKind::usage, fmt::format("{}: the model has no hidden layer before its classes", model_),
                "--layer LAYER chooses one");
  return parts_;
}

int Rank::make_profile(Console& console, Engine& engine, const std::vector<OutputKind>& outputs) {
  const Model& model = engine.model();
  rank::Setup chosen{engine, outputs};
  choose_layers(engine, chosen);
  rank::ProfileMaker maker(engine, profile_parts(console, chosen), chosen.layers, chosen.layer.value_or(0));
  const InputSet set = open_inputs(input_flags_, defaults_, arguments_, engine, outputs, console);
  check_not_read("--make-profile", make_profile_,
                 input_flags_.files_read(set.inputs, {model_, weights_file_}));
  check_named_file(make_profile_, out_.rules.force);

  const OutputKind* const classifier = classifier_of(outputs);
  std::vector<bool> keep(model.nodes.size(), false);
  if (classifier != nullptr) keep[static_cast<std::size_t>(classifier->value.node)] = true;
  maker.keep(keep);
  console.done.of = static_cast<std::int64_t>(set.inputs.size());
  InputLoop loop(console, set.inputs, "profile", input_flags_.strict);
  const BatchReader reader(console, set.inputs, engine, {std::int64_t{1} << 22, 256, keep});
  loop.run(reader, [&](const Batch& batch, std::size_t first) {
    std::vector<std::int64_t> truth;
    for (std::size_t i = 0; i < batch.inputs.size(); ++i) {
      if (!batch.item[i])
        loop.add_error(batch.inputs[i].error, batch.inputs[i].hint);
      else if (const auto label = set.truth_of(first + i))
        truth.push_back(*label);
    }
    if (batch.tensors.empty()) return;
    const Trace trace = [&] {
      const Stage stage("passes");
      return engine.forward(batch.tensors, keep);
    }();
    const Stage stage("statistics");
    const std::int64_t count = batch.tensors[0].shape()[0];
    std::vector<std::optional<std::int64_t>> classes(static_cast<std::size_t>(count));
    if (classifier != nullptr)
      classes = predicted_classes(trace.outputs[static_cast<std::size_t>(classifier->value.node)],
                                  classifier->activation);
    maker.add({trace, count, {}, std::move(classes), engine.pool()}, truth);
  });
  rank::Profile profile = maker.profile(model_hash());
  profile.file = make_profile_;
  write_named_file(make_profile_, rank::encode_profile(profile), out_.rules.force);
  input_flags_.print_notes(console, model, set.inputs, form_.text());
  if (maker.left_out() > 0)
    console.note(fmt::format("{} left out of the profile: their activations hold NaN or infinite values",
                             counted(maker.left_out(), "input")));
  Json json = head(model);
  json["profile"] = profile_json(profile);
  if (form_.json()) console.result(document(json));
  if (form_.text()) console.result(profile_text(profile));
  return loop.exit_code(0);
}

std::string Rank::profile_text(const rank::Profile& profile) const {
  std::string text = fmt::format("{}: profile of {}\n", profile.file, counted(profile.inputs, "input"));
  std::int64_t units = 0;
  for (const rank::UnitRanges& ranges : profile.ranges) units += std::ssize(ranges.min);
  if (units > 0)
    text += fmt::format("ranges of {} of {}\n", counted(units, "unit"),
                        counted(std::ssize(profile.ranges), "layer"));
  if (profile.activations)
    text += fmt::format("activations of layer {}, {} per input\n", one_line(profile.activations->path),
                        counted(profile.activations->values.shape()[1], "unit"));
  if (profile.moments)
    text += fmt::format("mean and covariance of layer {}, {}\n", one_line(profile.moments->path),
                        counted(std::ssize(profile.moments->mean), "unit"));
  return text;
}

}  // namespace nv
