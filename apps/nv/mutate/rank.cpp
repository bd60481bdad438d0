// nv mutate --rank-filters: what each filter is worth.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "mutate/mutate.h"
#include "nv/analysis/mutation/rank_filters.h"
#include "nv/core/error.h"
#include "nv/core/text.h"
#include "nv/model/select.h"
#include "nv/render/plots.h"
#include "nv/report/mutate.h"
#include "shared/batch.h"

namespace nv {

namespace {

Table filter_table(std::span<const FilterImportance> filters, std::size_t most) {
  Table table;
  table.column("filter", Table::Align::left);
  table.column("predictions changed", Table::Align::right);
  table.column("mean change of score", Table::Align::right);
  for (const FilterImportance& f : filters.first(most))
    table.row({fmt::format("{}:{}", one_line(f.path), f.channel), fmt::format("{}", f.changed),
               fmt::format("{:+.4f}", f.score_change)});
  return table;
}

}  // namespace

int Mutate::rank(Console& console, const Model& model) {
  Engine engine(model, engine_options_);
  const InputList inputs = inputs_for(console, engine);
  FilterRanking ranking(engine, select_layers(model, pair_options_.layers()));
  const BatchReader reader(console, inputs, engine, {std::int64_t{1} << 25, 64, {}});
  const auto filters_each = static_cast<std::int64_t>(ranking.filters());
  Progress progress(console, "filters", static_cast<std::int64_t>(inputs.size()) * filters_each);
  std::int64_t errors = 0;
  for (std::size_t at = 0; at < inputs.size();) {
    const Batch read = reader.read(at);
    for (std::size_t i = 0; i < read.inputs.size(); ++i)
      if (!read.item[i]) {
        if (input_flags_.strict) throw Error(ErrorKind::input, read.inputs[i].error, read.inputs[i].hint);
        ++errors;
        console.error(read.inputs[i].error, read.inputs[i].hint);
      }
    if (!read.tensors.empty())
      ranking.add(read.tensors, [&] {
        check_interrupt();
        progress.advance(static_cast<std::int64_t>(read.inputs.size()));
      });
    at += read.inputs.size();
  }
  input_flags_.say_notes(console, model, inputs, !json_);
  const std::vector<FilterImportance> filters = ranking.ranking();
  Json json = head(model);
  json["mutations"] = Json::array();
  json["filters"] = filter_importances_json(filters);
  json["summary"] = {{"inputs", static_cast<std::int64_t>(inputs.size()) - errors},
                     {"errors", errors},
                     {"filters", filters.size()}};
  const std::size_t shown = std::min<std::size_t>(filters.size(), 20);
  if (!output_.empty() || page_.wanted()) {
    const render::Compose compose = [&](const render::Page& page) {
      render::BarChart chart;
      chart.title = "what each filter is worth";
      chart.model = model.name;
      chart.caption = fmt::format("the {} of {} filters that are worth most, over {} inputs", shown,
                                  filters.size(), inputs.size());
      for (std::size_t i = 0; i < shown; ++i)
        chart.rows.push_back(
            {fmt::format("{}:{}  ({} changed)", filters[i].path, filters[i].channel, filters[i].changed),
             {filters[i].score_change}});
      chart.meaning = "mean change of the predicted class's score without the filter";
      chart.theme = style_.theme;
      chart.page = page;
      return draw(chart);
    };
    const NamedSheet sheet{"filters", picture_title(model, "what each filter is worth"), compose};
    if (!folder_ && !output_.empty())
      write_sheet(output_, sheet, {fingerprints_.of(model_)}, style_, rules_.force);
    if (folder_)
      for (const char* file : {"filters.png", "filters.svg", "filters.pdf"}) folder_->replaces(file);
    if (folder_)
      write_sheets(*folder_, "", {&sheet, 1}, pair_options_.formats(), {fingerprints_.of(model_)}, style_,
                   engine.pool());
    begin_page(fmt::format("{}: what each filter is worth", model_title(model)));
    page_.sheets({&sheet, 1}, "", engine.pool());
    page_.table(filter_table(filters, filters.size()));
  }
  finish(console, json);
  if (!json_) {
    console.result(filter_table(filters, shown).text(console));
    if (shown < filters.size())
      console.result(fmt::format("and {} filters more (--json lists all)\n", filters.size() - shown));
  }
  if (!json_) console.wrote({output_, page_.file()});
  return errors > 0 ? static_cast<int>(ErrorKind::input) : judge(console, json["summary"]);
}

}  // namespace nv
