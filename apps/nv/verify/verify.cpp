// nv verify: compares a trace with expected numbers, layer by layer.
#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

#include "nv/analysis/verify.h"
#include "nv/core/error.h"
#include "nv/core/text.h"
#include "nv/data/npz.h"
#include "nv/engine/engine.h"
#include "nv/report/json.h"
#include "shared/command.h"
#include "shared/common_options.h"
#include "shared/open.h"
#include "shared/result_form.h"
#include "shared/stage.h"

namespace nv {
namespace {

class Verify final : public Command {
 public:
  void declare(OptionSet& options) override {
    const OptionGroup general = options.group("Options");
    general.add("MODEL", model_, "MODEL", "Model file: .h5, .hdf5, .keras").required();
    declare_weights(general, weights_file_);
    general
        .add("REFERENCE", reference_, "REFERENCE.npz", ".npz with keys layer/PATH and output/I, batch first")
        .required();
    general.add("INPUT", input_, "INPUT.npz",
                ".npz with keys 0, 1, ... (default: keys input/I of REFERENCE)");
    const OptionGroup group = options.group("Result");
    group.add("--tolerance", tolerance_, "T", "Largest error, relative to a layer's largest value")
        .positive();
    group.add("--most", most_, "N", "Number of layers to list").range(1, 1000000);
    form_.declare_json(group);
    form_.declare_rows(group, "layer");
    declare_computing(options, engine_options_);
  }

  int run(Console& console) override {
    form_.check("verify");
    Engine engine(open_untrusted(model_, weights_file_), engine_options_);
    const NpzReader reference = arrays_of(reference_);
    std::optional<NpzReader> inputs;
    if (!input_.empty()) inputs.emplace(arrays_of(input_));
    const Trace trace = passed(engine, reference_inputs(engine.model(), inputs ? *inputs : reference));
    for (const std::string& note : engine.notes())
      console.note(fmt::format("{}: {}", engine.model().file, note));
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
    if (form_.text())
      console.result(text(console, found, first_bad, bad));
    else
      print(console, json(found, first_bad, bad));
    return bad > 0 ? 1 : 0;
  }

 private:
  static NpzReader arrays_of(const std::string& file) {
    const Stage stage("reading inputs");
    return {read_file(file), file};
  }

  static Trace passed(Engine& engine, const std::vector<Tensor>& inputs) {
    const Stage stage("passes");
    return engine.forward(inputs);
  }

  void print(Console& console, const Json& json) {
    if (form_.json()) console.result(document(json));
    form_.set_columns({"key", "ok", "relative_error", "largest", "problem"});
    for (const Json& layer : json["layers"]) form_.print_row(console, layer);
  }

  std::string text(const Console& console, const std::vector<Deviation>& found, const std::string& first_bad,
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
    std::string text = table.text(console);
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
  ResultForm form_;
  EngineOptions engine_options_;
};

}  // namespace

std::unique_ptr<Command> make_verify() {
  return std::make_unique<Verify>();
}

}  // namespace nv
