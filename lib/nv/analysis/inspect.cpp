#include "nv/analysis/inspect.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "nv/core/error.h"
#include "nv/core/interrupt.h"
#include "nv/core/text.h"
#include "nv/model/missing_weight.h"

namespace nv {

namespace {

constexpr std::int64_t most_sampled_numbers = std::int64_t{1} << 20;
constexpr int most_sampled_weights = 200;

/// Notes NaN in weights without statistics. A training that diverged leaves NaN in all of them, so the first
/// ones suffice; reading all would take time that grows with the file.
void look_for_nan(Inspection& result) {
  std::int64_t numbers = 0;
  int weights = 0;
  for (std::size_t i = 0; i < result.model.layers.size(); ++i) {
    if (result.weights.contains(static_cast<int>(i))) continue;
    const LayerSpec& spec = result.model.layers[i];
    for (const Weight& w : spec.weights) {
      if (weights == most_sampled_weights) return;
      if (!w.data->in_place()) continue;  // the cost of decompression has no bound by the file's size
      if (is_missing(w)) return;
      const std::int64_t size = w.shape.elements();
      if (size > most_sampled_numbers - numbers) continue;
      numbers += size;
      ++weights;
      std::string note;
      try {
        note = nan_note(spec, w, w.data->read());
      } catch (const Error& e) {
        note = fmt::format("layer {} ({}): {}", spec.path, spec.kind, e.what());
      }
      if (!note.empty()) result.notes.push_back(std::move(note));
    }
  }
}

}  // namespace

Inspection inspect(Model model, const std::vector<bool>& nodes) {
  Inspection result;
  result.structure = analyse(model);
  result.model = std::move(model);
  result.notes = result.model.notes;
  result.notes.insert(result.notes.end(), result.structure.notes.begin(), result.structure.notes.end());
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const int layer = result.model.nodes[i].layer;
    if (!nodes[i] || result.weights.contains(layer)) continue;
    check_interrupt();
    const LayerSpec& spec = result.model.layers[static_cast<std::size_t>(layer)];
    if (std::ranges::any_of(spec.weights, is_missing)) continue;
    std::vector<WeightStatistics>& list = result.weights[layer];
    for (const Weight& w : spec.weights) {
      const Tensor t = w.data->read();
      list.push_back({statistics(t.values()), histogram(t.values(), 32)});
      if (std::string note = nan_note(spec, w, t); !note.empty()) result.notes.push_back(std::move(note));
    }
  }
  look_for_nan(result);
  return result;
}

std::int64_t Inspection::trainable_parameters() const {
  std::int64_t sum = 0;
  std::vector<bool> counted(model.layers.size(), false);
  for (std::size_t i = 0; i < model.nodes.size(); ++i) {
    const auto layer = static_cast<std::size_t>(model.nodes[i].layer);
    if (counted[layer]) continue;
    counted[layer] = true;
    sum += nv::trainable_parameters(model.layers[layer], expected_weights(structure.nodes[i]));
  }
  return sum;
}

std::string macs_text(const Structure& structure) {
  return (structure.macs_known() ? "" : "at least ") + short_count(structure.macs());
}

std::string graphviz(const Inspection& inspection) {
  const auto quoted = [](const std::string& text) {
    std::string q = "\"";
    for (char c : printable(text)) {
      if (c == '"' || c == '\\') q += '\\';
      q += c;
    }
    return q + '"';
  };
  const Model& model = inspection.model;
  std::string dot = fmt::format("digraph {} {{\n  node [shape=box, fontname=\"Helvetica\"];\n",
                                quoted(one_line(model.name)));
  for (std::size_t i = 0; i < model.nodes.size(); ++i) {
    check_interrupt();
    const auto& output = inspection.structure.nodes[i].output;
    std::string label =
        quoted(fmt::format("{}\n{}\n{}", one_line(model.nodes[i].path),
                           one_line(model.layer_of(model.nodes[i]).kind), output ? output->str() : "?"));
    for (std::size_t at = 0; (at = label.find('\n', at)) != std::string::npos;) label.replace(at, 1, "\\n");
    dot += fmt::format("  n{} [label={}];\n", i, label);
  }
  for (std::size_t i = 0; i < model.nodes.size(); ++i)
    for (const Value& v : model.nodes[i].inputs) dot += fmt::format("  n{} -> n{};\n", v.node, i);
  return dot + "}\n";
}

}  // namespace nv
