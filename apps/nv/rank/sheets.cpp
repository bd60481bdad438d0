// Sheets and page of nv rank: the first inputs, and how soon faults are found.
#include <algorithm>

#include "nv/analysis/captions.h"
#include "nv/analysis/rank/order.h"
#include "nv/core/text.h"
#include "nv/figures/input_picture.h"
#include "rank/rank.h"
#include "shared/picture_options.h"

namespace nv {

figures::FaultCurve Rank::curve(const Work& work) const {
  figures::FaultCurve curve;
  curve.inputs = work.ranking.inputs().size();
  curve.faults = work.faults->count;
  curve.model = model_title(work.engine.model());
  if (work.engine_b != nullptr)
    curve.caption = fmt::format("faults: inputs that {} {}", model_title(work.engine_b->model()),
                                input_flags_.truth.empty() ? "gives another class" : "gets wrong");
  for (std::size_t m = 0; m < metrics_.size(); ++m)
    curve.lines.push_back({std::string(metrics_[m]->name), work.faults->apfd[m],
                           rank::fault_curve(work.ranking.in_order(m, work.faults->is_fault))});
  return curve;
}

/// Reads the first inputs again.
figures::RankedSheet Rank::first_inputs(const Work& work) const {
  const rank::Ranking& ranking = work.ranking;
  const auto item = [&](const Input& input, const std::optional<Prediction>& prediction, double score) {
    return figures::RankedSheet::Item{figures::input_picture(work.engine, input, 0, preprocess_).picture,
                                      !classifies_ ? "-"
                                      : prediction ? prediction->label
                                                   : "NaN",
                                      score};
  };
  figures::RankedSheet sheet;
  sheet.metric = metrics_[0]->name;
  sheet.model = model_title(work.engine.model());
  if (query_) sheet.query = item(query_->input, query_->prediction, 0);
  const std::size_t most = take_ > 0 ? std::min(take_, 4 * most_pictures_) : most_pictures_;
  const auto first = ranking.order().first(std::min(most, ranking.inputs().size()));
  for (const std::size_t i : first) {
    const rank::RankedInput& ranked = ranking.inputs()[i];
    sheet.items.push_back(item(work.set.inputs.load(ranked.input), ranked.prediction, ranking.score(0, i)));
    sheet.has_truth = sheet.has_truth || ranked.truth;
    if (ranked.truth && classifies_ && rank::is_wrong(ranked.prediction, *ranked.truth))
      sheet.items.back().truth = class_label(*ranked.truth, work.set.labels);
  }
  sheet.title = fmt::format("{} {} of {}", query_ ? "nearest" : "first",
                            thousands(static_cast<long long>(first.size())),
                            counted(static_cast<long long>(ranking.inputs().size()), "input"));
  return sheet;
}

void Rank::draw_sheets(const Console& console, const Work& work) {
  OutputFolder* const folder = out_.folder();
  if (folder != nullptr)
    for (const char* name : {"curve", "first"})
      for (const char* extension : {".png", ".svg", ".pdf"}) folder->replaces(std::string(name) + extension);
  if (!out_.wanted() || work.ranking.inputs().empty()) return;
  const Model& model = work.engine.model();
  const bool with_curve = work.faults && work.faults->count > 0;
  const figures::FaultCurve faults = with_curve ? curve(work) : figures::FaultCurve{};
  const figures::RankedSheet first = first_inputs(work);
  const bool with_first = std::ranges::any_of(first.items, [](const auto& i) { return i.picture.whole(); });
  std::vector<NamedSheet> sheets;
  if (with_curve)
    sheets.push_back({"curve", picture_title(model, "faults found by inputs looked at"),
                      [&](const figures::Style& style, const render::Page& page) {
                        return figures::fault_curve(faults, style, page);
                      }});
  if (with_first)
    sheets.push_back({"first", picture_title(model, first.title),
                      [&](const figures::Style& style, const render::Page& page) {
                        return figures::ranked_sheet(first, style, page);
                      }});
  const std::vector<std::string> sources{fingerprints_.of(model_)};
  if (out_.is_sheet()) {
    const bool curve_asked = knows_faults() && to_.empty();
    const auto chosen = std::ranges::find(sheets, curve_asked ? "curve" : "first", &NamedSheet::name);
    if (chosen == sheets.end()) {
      console.note(fmt::format(
          "{} is not written: {}", out_.path,
          curve_asked ? "there is no curve without faults" : "none of the first inputs is a picture"));
      sheet_written_ = false;
    } else {
      write_sheet(out_.path, *chosen, sources, style_, out_.rules.force);
    }
  }
  if (folder != nullptr)
    write_sheets(*folder, "", sheets, parse_picture_formats(formats_.empty() ? "png" : formats_), sources,
                 style_, work.engine.pool());
  if (!out_.page.wanted() || sheets.empty()) return;
  out_.page.section("Figures");
  out_.page.figures(sheets, "figures", {out_.page.room(), true}, work.engine.pool());
}

void Rank::write_page(const Work& work) {
  if (!out_.page.wanted()) return;
  const auto inputs = static_cast<long long>(work.ranking.inputs().size());
  out_.page.set_front(true);
  out_.page.section("Summary");
  ReportPage::Facts facts{{"inputs", thousands(inputs)}};
  if (work.faults) facts.emplace_back("faults", faults_text(work));
  for (std::size_t m = 0; m < metrics_.size(); ++m) {
    if (work.faults && work.faults->count > 0)
      facts.emplace_back(fmt::format("APFD of {}", metrics_[m]->name), score_text(work.faults->apfd[m]));
    if (const auto share = work.ranking.coverage(m))
      facts.emplace_back(fmt::format("coverage {}", metrics_[m]->name), score_text(*share));
  }
  out_.page.facts(facts);
  out_.page.set_front(false);
  constexpr std::size_t most_rows = 1000;
  out_.page.section(work.engine_b != nullptr ? "Faults" : "Inputs");
  if (inputs > static_cast<long long>(most_rows))
    out_.page.text(fmt::format("the first {} of {}", thousands(most_rows), thousands(inputs)));
  out_.page.table(table(work, most_rows));
  out_.page.finish();
}

}  // namespace nv
