// nv mutate --rank-filters: importance of each filter.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "mutate/mutate.h"
#include "nv/analysis/mutation/rank_filters.h"
#include "nv/core/error.h"
#include "nv/core/text.h"
#include "nv/figures/model/filter_ranking.h"
#include "nv/model/select.h"
#include "nv/report/mutate.h"
#include "shared/stage.h"

namespace nv {

namespace {

/// For one input the column has its class with and without the filter.
Table filter_table(std::span<const FilterImportance> filters, std::size_t most, std::size_t inputs,
                   const std::vector<std::string>& labels) {
  Table table;
  table.column("filter", Table::Align::left);
  if (inputs == 1)
    table.column("prediction", Table::Align::left);
  else
    table.column("predictions changed", Table::Align::right);
  table.column("mean change of score", Table::Align::right);
  for (const FilterImportance& f : filters.first(most))
    table.row(
        {fmt::format("{}:{}", one_line(f.path), f.channel),
         inputs == 1 ? one_line(figures::changed_predictions(f, 1, labels, "->")) : thousands(f.changed),
         fmt::format("{:+.4f}", f.score_change)});
  return table;
}

}  // namespace

void Mutate::draw_ranking(Engine& engine, std::span<const FilterImportance> filters, std::size_t shown,
                          std::size_t inputs, const std::vector<std::string>& labels) {
  if (!out_.wanted()) return;
  const Model& model = engine.model();
  const NamedSheet sheet{"filters", picture_title(model, "importance of filters"),
                         [&](const figures::Style& style, const render::Page& page) {
                           return figures::filter_ranking(model, filters, shown, inputs, labels, style, page);
                         }};
  const std::vector<std::string> sources{fingerprints_.of(model_)};
  if (out_.is_sheet()) write_sheet(out_.path, sheet, sources, style_, out_.rules.force);
  if (OutputFolder* const folder = out_.folder()) {
    for (const char* file : {"filters.png", "filters.svg", "filters.pdf"}) folder->replaces(file);
    write_sheets(*folder, "", {&sheet, 1}, pair_options_.formats(), sources, style_, engine.pool());
  }
  begin_page(fmt::format("{}: importance of filters", model_title(model)));
  out_.page.section("Summary");
  out_.page.facts({{"filters", fmt::format("{}", filters.size())}, {"inputs", fmt::format("{}", inputs)}});
  out_.page.figures({&sheet, 1}, "figures", {out_.page.room(), true}, engine.pool());
  out_.page.section("All filters");
  out_.page.table(filter_table(filters, filters.size(), inputs, labels));
}

int Mutate::rank(Console& console, const Model& model) {
  Engine engine(model, engine_options_);
  const InputSet set = open_set(console, engine, output_kinds(model, engine.structure()));
  FilterRanking ranking(engine, pair_options_.selected(model));
  InputLoop loop(console, set.inputs, "filters", input_flags_.strict,
                 static_cast<std::int64_t>(ranking.filters()));
  const BatchReader reader(console, set.inputs, engine, {std::int64_t{1} << 25, 64, {}});
  loop.run(reader, [&](const Batch& batch, std::size_t) {
    for (std::size_t i = 0; i < batch.inputs.size(); ++i)
      if (!batch.item[i]) loop.add_error(batch.inputs[i].error, batch.inputs[i].hint);
    if (batch.tensors.empty()) return;
    const Stage stage("passes");
    ranking.add(batch.tensors, [&] { loop.advance(static_cast<std::int64_t>(batch.inputs.size())); });
  });
  input_flags_.print_notes(console, model, set.inputs, form_.text());
  const std::vector<FilterImportance> filters = ranking.ranking();
  const std::size_t inputs = set.inputs.size() - static_cast<std::size_t>(loop.errors());
  Json json = head(model);
  json["mutations"] = Json::array();
  json["filters"] = filter_importances_json(filters);
  json["summary"] = {{"inputs", inputs}, {"errors", loop.errors()}, {"filters", filters.size()}};
  const std::size_t shown = std::min<std::size_t>(filters.size(), 20);
  draw_ranking(engine, filters, shown, inputs, set.labels);
  finish(console, document(json));
  out_.page.finish();
  form_.set_columns({"path", "channel", "changed", "score_change"});
  for (const Json& filter : json["filters"]) form_.print_row(console, filter);
  form_.end_rows(console);
  if (form_.text()) {
    console.result(filter_table(filters, shown, inputs, set.labels).text(console));
    if (shown < filters.size())
      console.result(
          fmt::format("and {} more (--json and --csv list all)\n",
                      counted(std::ssize(filters) - static_cast<std::ptrdiff_t>(shown), "filter")));
    console.note_written({out_.path, out_.page.file()});
  }
  return loop.exit_code(check_gates(console, json["summary"]));
}

}  // namespace nv
