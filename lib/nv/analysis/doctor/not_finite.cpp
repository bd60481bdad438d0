// NaN and infinite values: in inputs, in weights, or from which layer on.
#include <fmt/format.h>

#include <algorithm>

#include "nv/analysis/doctor/list.h"
#include "nv/core/text.h"

namespace nv::doctor {

namespace {

/// The first node with such values whose inputs have none; nullopt if there is none.
std::optional<std::size_t> beginning(const Examination& e) {
  for (std::size_t i = 0; i < e.nodes.size(); ++i) {
    if (e.nodes[i].not_finite() == 0) continue;
    const auto& inputs = e.model().nodes[i].inputs;
    if (std::ranges::all_of(inputs, [&](const Value& v) {
          return e.nodes[static_cast<std::size_t>(v.node)].not_finite() == 0;
        }))
      return i;
  }
  return std::nullopt;
}

/// The note on a weight of the node's layer; "" for none.
std::string weight_note(const Examination& e, std::size_t node) {
  const std::string beginning = fmt::format("layer {} (", e.model().layer_of(e.model().nodes[node]).path);
  const auto note = std::ranges::find_if(
      e.engine.notes(), [&](const std::string& text) { return text.starts_with(beginning); });
  return note == e.engine.notes().end() ? "" : *note;
}

}  // namespace

std::vector<Finding> check_not_finite(const Examination& e) {
  const auto node = beginning(e);
  if (!node) return {};
  const auto bad_inputs = std::ranges::count(e.inputs, false, &ExaminedInput::finite);
  Finding f;
  f.where = e.model().nodes[*node].path;
  f.evidence = {{"inputs", e.nodes[*node].bad_inputs()}, {"of", std::ssize(e.inputs)}};
  if (e.model().nodes[*node].inputs.empty() && bad_inputs > 0) {
    f.where.clear();
    f.what = fmt::format("{} of {} hold NaN or infinite values", bad_inputs,
                         counted(std::ssize(e.inputs), "input"));
    f.advice = "correct or remove these inputs";
    return {f};
  }
  f.what = fmt::format("NaN or infinite values begin in layer {}, for {} of {}", e.name_of(*node),
                       e.nodes[*node].bad_inputs(), counted(std::ssize(e.inputs), "input"));
  if (const std::string note = weight_note(e, *node); !note.empty()) {
    f.what += ": " + note;
    f.evidence.push_back({"weights", note});
    f.advice = "use an earlier checkpoint: the training diverged";
  } else {
    f.advice = "look at the range of its inputs with nv run, and at --preprocess";
  }
  return {f};
}

}  // namespace nv::doctor
