// nv verify: a model's trace against expected numbers, layer by layer.
#include <algorithm>
#include <map>

#include "command.h"
#include "common_options.h"
#include "nv/analysis/verify.h"
#include "nv/core/error.h"
#include "nv/core/text.h"
#include "nv/data/npz.h"
#include "nv/engine/engine.h"
#include "nv/report/json.h"
#include "open.h"

namespace nv {
namespace {

class Verify final : public Command {
 public:
  void declare(CLI::App& app) override {
    app.add_option("MODEL", model_, "Model file: .h5, .hdf5, .keras")->required()->type_name("MODEL");
    app.add_option("--weights", weights_file_, "Weights of MODEL, where it is an architecture alone")
        ->type_name("FILE.h5");
    app.add_option("REFERENCE", reference_, ".npz with keys layer/PATH and output/I, batch first")
        ->required()
        ->type_name("REFERENCE.npz");
    app.add_option("INPUT", input_, ".npz with keys 0, 1, ... (else keys input/I of the reference)")
        ->type_name("INPUT.npz");
    const char* group = "Result";
    app.add_option("--tolerance", tolerance_, "Relative to a layer's largest value (1e-4)")
        ->type_name("T")
        ->check(CLI::PositiveNumber)
        ->group(group);
    app.add_option("--most", most_, "How many layers to list (10)")
        ->type_name("N")
        ->check(CLI::Range(1, 1000000))
        ->group(group);
    app.add_flag("--json", json_, "One JSON document, of all layers")->group(group);
    declare_computing(app, engine_options_);
  }

  int run(Talk& talk) override {
    Engine engine(open_untrusted(model_, weights_file_), engine_options_);
    const NpzReader reference(read_file(reference_), reference_);
    const Trace trace = engine.forward(inputs(engine.model(), reference));
    for (const std::string& note : engine.notes())
      talk.note(fmt::format("{}: {}", engine.model().file, note));
    std::vector<Deviation> found = deviations(engine.model(), trace, reference);
    if (found.empty())
      throw Error(ErrorKind::input, fmt::format("{}: has no keys layer/PATH or output/I", reference_),
                  "numpy.savez(file, **{'layer/conv1': ...})");
    const auto first = std::ranges::find_if(found, [&](const Deviation& d) { return d.beyond(tolerance_); });
    const std::string first_bad = first == found.end() ? "" : first->key;
    const auto bad = std::ranges::count_if(found, [&](const Deviation& d) { return d.beyond(tolerance_); });
    std::ranges::stable_sort(found, [](const Deviation& a, const Deviation& b) {
      if (a.problem.empty() != b.problem.empty()) return !a.problem.empty();
      return a.error > b.error;
    });
    talk.result(json_ ? document(json(found, first_bad, bad)) : text(talk, found, first_bad, bad));
    return bad > 0 ? 1 : 0;
  }

 private:
  std::vector<Tensor> inputs(const Model& model, const NpzReader& reference) const {
    std::optional<NpzReader> own;
    if (!input_.empty()) own.emplace(read_file(input_), input_);
    const NpzReader& source = own ? *own : reference;
    std::vector<Tensor> list;
    for (std::size_t i = 0; i < model.inputs.size(); ++i) {
      std::string key;
      for (const std::string& candidate :
           {fmt::format("input/{}", i), fmt::format("{}", i), model.inputs[i].name})
        if (key.empty() && source.contains(candidate)) key = candidate;
      if (key.empty())
        throw Error(ErrorKind::input,
                    fmt::format("{}: has no input {} of the model", own ? input_ : reference_, i),
                    "give the inputs as a third argument, or under input/0, input/1, ...");
      list.push_back(source.read(key).as_float());
      if (list.back().shape().rank() == 0 || list.back().shape()[0] != list[0].shape()[0])
        throw_input("{}: '{}' is no batch of the size of the first input", own ? input_ : reference_, key);
    }
    return list;
  }

  std::vector<Deviation> deviations(const Model& model, const Trace& trace,
                                    const NpzReader& reference) const {
    std::vector<Deviation> found;
    std::map<std::string, std::size_t> nodes;
    for (std::size_t i = 0; i < model.nodes.size(); ++i) nodes["layer/" + model.nodes[i].path] = i;
    for (std::size_t i = 0; i < model.outputs.size(); ++i)
      nodes[fmt::format("output/{}", i)] = static_cast<std::size_t>(model.outputs[i].value.node);
    for (const std::string& key : reference.names()) {
      if (!key.starts_with("layer/") && !key.starts_with("output/")) continue;
      if (const auto at = nodes.find(key); at != nodes.end()) {
        found.push_back(compare(key, at->second, trace.outputs[at->second], reference.read(key).as_float()));
      } else {
        Deviation missing;
        missing.key = key;
        missing.problem = "the model has no such layer";
        missing.order = model.nodes.size();
        found.push_back(missing);
      }
    }
    std::ranges::stable_sort(found, {}, &Deviation::order);
    return found;
  }

  std::string text(const Talk& talk, const std::vector<Deviation>& found, const std::string& first_bad,
                   std::int64_t bad) const {
    Table table;
    table.column("worst layers", Table::Align::left);
    table.column("relative error", Table::Align::right);
    table.column("largest value", Table::Align::right);
    table.column("", Table::Align::left);
    for (std::size_t i = 0; i < std::min(found.size(), most_); ++i) {
      const Deviation& d = found[i];
      if (d.problem.empty())
        table.row({one_line(d.key), fmt::format("{:.2e}", d.error), fmt::format("{:.4g}", d.largest),
                   d.beyond(tolerance_) ? "beyond" : ""});
      else
        table.row({one_line(d.key), "", "", d.problem});
    }
    std::string text = table.text(talk);
    text += bad == 0 ? fmt::format("\nall {} agree within {:g}\n", found.size(), tolerance_)
                     : fmt::format("\n{} of {} beyond {:g}; the first in order of execution is {}\n", bad,
                                   found.size(), tolerance_, one_line(first_bad));
    return text;
  }

  Json json(const std::vector<Deviation>& found, const std::string& first_bad, std::int64_t bad) const {
    Json layers = Json::array();
    for (const Deviation& d : found) {
      Json layer{{"key", d.key}, {"ok", !d.beyond(tolerance_)}};
      if (d.problem.empty()) {
        layer["relative_error"] = number(d.error);
        layer["largest"] = number(d.largest);
      } else {
        layer["problem"] = d.problem;
      }
      layers.push_back(std::move(layer));
    }
    Json json{{"schema", schema_id("verify")},
              {"model", {{"file", model_}}},
              {"reference", reference_},
              {"tolerance", number(tolerance_)}};
    json["summary"] = {{"compared", found.size()},
                       {"beyond", bad},
                       {"first_beyond", first_bad.empty() ? Json(nullptr) : Json(first_bad)}};
    json["layers"] = std::move(layers);
    return json;
  }

  std::string model_, weights_file_, reference_, input_;
  double tolerance_ = 1e-4;
  std::size_t most_ = 10;
  bool json_ = false;
  EngineOptions engine_options_;
};

}  // namespace

std::unique_ptr<Command> make_verify() {
  return std::make_unique<Verify>();
}

}  // namespace nv
