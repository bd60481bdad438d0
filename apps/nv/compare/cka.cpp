#include "compare/cka.h"

#include <cmath>

#include "nv/analysis/captions.h"
#include "nv/core/text.h"
#include "shared/stage.h"

namespace nv {

CkaResult cka_of_inputs(Console& console, const InputList& inputs, Engine& a, Engine& b,
                        const Matching& matching, const std::vector<bool>& chosen) {
  const Stage stage("CKA");
  const BatchReader reader(console, inputs, a, {std::int64_t{1} << 25, 32, chosen});
  return linear_cka(a, b, matching, chosen, inputs.size(), [&](std::size_t first, std::size_t most) {
    Batch batch = reader.read(first, most);
    return StackedInputs{batch.inputs.size(), std::move(batch.tensors)};
  });
}

Table cka_table(const CkaResult& cka) {
  Table table;
  table.column("#", Table::Align::right);
  table.column("layer", Table::Align::left);
  table.column("kind", Table::Align::left);
  table.column("shape", Table::Align::left);
  for (const char* name : {"CKA", "debiased", "by chance"}) table.column(name, Table::Align::right);
  for (const LayerSimilarity& l : cka.layers)
    table.row({fmt::format("{}", l.index), one_line(l.path), l.kind, l.shape.str(), score_text(l.cka),
               score_text(l.debiased), score_text(l.chance)});
  return table;
}

std::string cka_heading(const CkaResult& cka) {
  std::string text = fmt::format("linear CKA over {}", counted(cka.inputs, "input"));
  if (cka.inputs < cka.of) text += fmt::format(" of {} (fewer --layers take more)", thousands(cka.of));
  return text;
}

std::string cka_warning(const CkaResult& cka) {
  const LayerSimilarity* const least = cka.least_certain();
  if (least == nullptr || least->chance <= too_much_chance) return "";
  return fmt::format(
      "too few inputs for CKA: unrelated outputs of {} would reach {:.2f} with {}; more inputs lower that",
      one_line(least->path), least->chance, counted(cka.inputs, "input"));
}

}  // namespace nv
