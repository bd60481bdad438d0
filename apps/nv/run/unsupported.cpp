#include "run/unsupported.h"

#include <algorithm>

#include "nv/analysis/run.h"
#include "nv/core/error.h"
#include "nv/core/text.h"

namespace nv {

void leave_out_unsupported(std::vector<OutputKind>& outputs, const std::vector<bool>& selected,
                           const Engine& engine, const Console& console) {
  const std::vector<int> stops = first_unsupported(engine.model(), engine.structure());
  for (std::size_t i = 0; i < selected.size(); ++i)
    if (selected[i] && stops[i] >= 0) return;
  for (const OutputKind& o : outputs)
    if (const int stop = stops[static_cast<std::size_t>(o.value.node)]; stop >= 0) {
      const Node& node = engine.model().nodes[static_cast<std::size_t>(stop)];
      console.note(fmt::format("{}: no prediction: layer {} ({}): {}", engine.model().file,
                               one_line(node.path), one_line(engine.model().layer_of(node).kind),
                               engine.structure().nodes[static_cast<std::size_t>(stop)].problem));
      break;
    }
  std::erase_if(outputs,
                [&](const OutputKind& o) { return stops[static_cast<std::size_t>(o.value.node)] >= 0; });
}

Trace forward_or_hint(Engine& engine, const Batch& batch, const std::vector<bool>& keep) {
  try {
    return engine.forward(batch.tensors, keep);
  } catch (const Error& e) {
    if (e.kind() != ErrorKind::unsupported) throw;
    const std::vector<int> stops = first_unsupported(engine.model(), engine.structure());
    const auto stop = std::ranges::find_if(stops, [](int s) { return s >= 0; });
    const Node* before = nullptr;  // the last layer that is run
    for (auto at = stops.begin(); at != stop; ++at)
      if (const Node& n = engine.model().nodes[static_cast<std::size_t>(at - stops.begin())];
          !n.inputs.empty())
        before = &n;
    if (stop == stops.end() || before == nullptr) throw;
    throw Error(e.kind(), e.what(),
                fmt::format("--layers {} runs the model up to this layer", one_line(before->path)));
  }
}

}  // namespace nv
