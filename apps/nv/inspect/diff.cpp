#include "inspect/diff.h"

#include <nlohmann/json.hpp>

#include "nv/core/text.h"
#include "nv/report/model_difference.h"

namespace nv {

namespace {

std::string layer_text(const Console& console, const LayerChange& l) {
  const char mark = l.status == LayerStatus::added ? '+' : l.status == LayerStatus::removed ? '-' : '~';
  std::string text = console.bold(fmt::format("{} {} ({})", mark, one_line(l.path), one_line(l.kind)));
  if (!l.path_b.empty()) text += fmt::format(", in B {}", one_line(l.path_b));
  if (!l.kind_b.empty()) text += fmt::format(", in B a {}", one_line(l.kind_b));
  text += '\n';
  const auto value_text = [](const std::string& value) {
    return value.empty() ? std::string("(absent)") : shortened(one_line(value), 50);
  };
  for (const OptionChange& o : l.options)
    text += fmt::format("    {}: {} -> {}\n", one_line(o.name), value_text(o.a), value_text(o.b));
  for (const WeightChange& w : l.weights) {
    if (w.changed > 0)
      text += fmt::format("    {}: {} numbers of {} differ, relative L2 {:.3g}, largest {:.3g}\n",
                          one_line(w.name), thousands(w.changed), thousands(w.shape_a->elements()),
                          w.relative_l2, w.linf);
    else
      text += fmt::format("    {}: {} -> {}\n", one_line(w.name), w.shape_a ? w.shape_a->str() : "(absent)",
                          w.shape_b ? w.shape_b->str() : "(absent)");
  }
  return text;
}

}  // namespace

int show_difference(Console& console, const Model& a, const Model& b, bool json) {
  const std::vector<LayerChange> layers = model_difference(a, b);
  const LayerChangeCounts counts = count_changes(layers);
  if (json) {
    console.result(document(model_difference_json(a, b, layers)));
  } else {
    std::string text = fmt::format("--- {}\n+++ {}\n", one_line(a.file), one_line(b.file));
    for (const LayerChange& l : layers)
      if (l.status != LayerStatus::same) text += layer_text(console, l);
    text += fmt::format("{} the same, {} changed, {} added, {} removed\n",
                        counted(static_cast<long long>(counts.same), "layer"), counts.changed, counts.added,
                        counts.removed);
    console.result(text);
  }
  return counts.none() ? 0 : 1;
}

}  // namespace nv
