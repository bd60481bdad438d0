#include "run/page.h"

#include <algorithm>
#include <cmath>

#include "nv/analysis/captions.h"
#include "nv/core/text.h"
#include "nv/figures/pass/input_sheet.h"

namespace nv {

namespace {

constexpr std::size_t max_input_rows = 100;  // of inputs; a longer table is at the end

/// "predicted 7 (0.9998), truth 7"; "" if no output classifies.
std::string prediction_line(const RunResult& r, std::span<const std::string> labels) {
  std::string text;
  if (r.prediction || !r.reason.empty()) text = "predicted " + prediction_text(r.prediction);
  if (r.truth)
    text += fmt::format("{}truth {}", text.empty() ? "" : ", ", one_line(class_label(*r.truth, labels)));
  return text;
}

/// A probability, or a score of a model that ends in none.
std::string class_score_text(const RunResult& r, float score) {
  const bool probability = r.prediction && r.prediction->probability;
  return probability ? probability_text(static_cast<double>(score)) : score_text(static_cast<double>(score));
}

/// What is remarkable about a result; "" for nothing.
std::string note_of(const RunResult& r) {
  if (!r.error.empty()) return "not used: " + one_line(r.error);
  if (!r.reason.empty()) return one_line(r.reason);
  return r.truth && !r.correct ? "wrong" : "";
}

Table score_table(const RunResult& r) {
  Table scores;
  scores.column("class", Table::Align::left);
  scores.column("score", Table::Align::right);
  for (const ClassScore& c : r.likely) scores.row({one_line(c.label), class_score_text(r, c.score)});
  return scores;
}

/// Each cell by its share of the row: of the inputs of a class.
std::vector<std::vector<double>> shades_of(const Confusion& c) {
  std::vector<std::vector<double>> shades;
  for (std::int64_t t = 0; t < c.classes(); ++t) {
    std::vector<double> row{0};
    const auto all = static_cast<double>(std::max<std::int64_t>(c.of_class(t), 1));
    for (std::int64_t p = 0; p < c.classes(); ++p) row.push_back(static_cast<double>(c.count(t, p)) / all);
    shades.push_back(std::move(row));
  }
  return shades;
}

void add_truth(ReportPage::Facts& facts, const TruthSummary& truth) {
  const auto add = [&](const char* name, double value) { facts.emplace_back(name, score_text(value)); };
  if (truth.confusion.total() > 0) {
    add("accuracy", truth.confusion.accuracy());
    add("top-5 accuracy", truth.confusion.top5_accuracy());
  }
  if (const Calibration& c = truth.calibration; c.inputs() > 0) {
    add("expected calibration error (15 bins)", c.ece());
    add("negative log-likelihood", c.nll());
    add("Brier score", c.brier());
  }
}

}  // namespace

void RunPage::add(const SheetSource& source, const RunResult& result, std::span<const NamedSheet> sheets,
                  ThreadPool& pool) {
  if (!page_.wanted()) return;
  const std::vector<render::PixelGrid> pictures = figures::input_pictures(source);
  const NamedSheet input{"input", "input " + result.id,
                         [&](const figures::Style& style, const render::Page& page) {
                           return figures::input_sheet(pictures, style, page);
                         }};
  // Every input keeps room for its picture (a quarter more than the largest so far), then as many as possible
  // have an overview, and the layers share what is left.
  const std::size_t to_come = difference_or_zero(inputs_, ++added_), room = page_.room();
  const auto for_overview = [&] { return difference_or_zero(room, to_come * picture_bytes_ * 5 / 4); };
  // Overviews of one model differ little in size: once they no longer fit, none is drawn.
  bool overview = !sheets.empty() && overview_bytes_ <= for_overview();
  std::vector<NamedSheet> wanted;
  if (!pictures.empty()) wanted.push_back(input);
  if (overview) wanted.push_back(sheets[0]);
  std::vector<HtmlPage::Figure> drawn = page_.draw(wanted, pool);
  if (!pictures.empty()) picture_bytes_ = std::max(picture_bytes_, drawn[0].svg.size());
  if (overview) {
    overview_bytes_ = drawn.back().svg.size();
    overview = overview_bytes_ <= for_overview();
    if (!overview) drawn.pop_back();
  }
  if (!sheets.empty()) page_.count("overviews", overview ? 1 : 0, 1);
  if (drawn.empty() || drawn.back().svg.size() > room) return;
  if (anchors_.empty()) page_.section(inputs_ > 1 ? "Inputs" : "Input");
  anchors_[result.id] = page_.section(result.id, 3);
  page_.text(prediction_line(result, source.labels));
  page_.add(drawn.back(), room);
  if (sheets.size() < 2) return;
  const std::size_t layers =
      overview ? difference_or_zero(page_.room(), to_come * drawn.back().svg.size()) / (to_come + 1) : 0;
  page_.figures(sheets.subspan(1), "sheets of layers", {layers, inputs_ > 1}, pool);
}

void RunPage::add_table(std::span<const RunResult> results, std::span<const std::string> labels,
                        const std::string& caption) {
  const bool truth = std::ranges::any_of(results, [](const RunResult& r) { return r.truth.has_value(); });
  const bool notes = std::ranges::any_of(results, [](const RunResult& r) { return !note_of(r).empty(); });
  Table table;
  table.column("input", Table::Align::left);
  table.column("predicted", Table::Align::left);
  table.column("score", Table::Align::right);
  if (truth) table.column("truth", Table::Align::left);
  if (notes) table.column("note", Table::Align::left);
  HtmlPage::TableMarks marks{caption, {}, {}};
  for (const RunResult& r : results) {
    std::vector<std::string> row{
        one_line(r.id), r.prediction ? one_line(r.prediction->label) : "",
        r.prediction ? class_score_text(r, r.prediction->probability.value_or(r.prediction->score)) : ""};
    if (truth) row.push_back(r.truth ? one_line(class_label(*r.truth, labels)) : "");
    if (notes) row.push_back(note_of(r));
    table.row(std::move(row));
    const auto anchor = anchors_.find(r.id);
    marks.anchors.push_back(anchor == anchors_.end() ? "" : anchor->second);
  }
  page_.table(table, marks);
}

void RunPage::add_accuracy(const RunText& tables, const Confusion& confusion,
                           std::span<const RunResult> results, std::span<const std::string> labels) {
  page_.table(tables.class_table(confusion), {"By class", {}, {}});
  if (confusion.classes() <= RunText::max_matrix_classes)
    page_.table(tables.confusion_matrix(confusion),
                {"Confusion: inputs by true and predicted class", {}, shades_of(confusion)});
  std::vector<RunResult> wrong;
  for (const RunResult& r : results)
    if (r.truth && r.error.empty() && !r.correct) wrong.push_back(r);
  if (wrong.empty() || results.size() <= max_input_rows) return;
  const std::size_t all = wrong.size();
  wrong.resize(std::min(all, max_input_rows));
  add_table(wrong, labels,
            wrong.size() < all ? fmt::format("The first {} of {} wrong predictions", wrong.size(), all)
                               : "Wrong predictions");
}

void RunPage::finish(const RunText& tables, std::span<const RunResult> results, const TruthSummary* truth,
                     std::span<const std::string> labels, std::span<const NamedSheet> diagrams,
                     ThreadPool& pool) {
  if (!page_.wanted()) return;
  page_.set_front(true);
  page_.section("Summary");
  const auto errors = std::ranges::count_if(results, [](const RunResult& r) { return !r.error.empty(); });
  ReportPage::Facts facts{{"inputs", fmt::format("{}", results.size())}};
  if (errors > 0) facts.emplace_back("not used", fmt::format("{}", errors));
  if (truth != nullptr) add_truth(facts, *truth);
  if (results.size() == 1) {
    const RunResult& r = results[0];
    facts = {{"input", one_line(r.id)}, {"preprocessing", one_line(r.preprocess)}};
    if (r.prediction) facts.emplace_back("predicted", prediction_text(r.prediction));
    if (r.truth) facts.emplace_back("truth", one_line(class_label(*r.truth, labels)));
  }
  page_.facts(facts);
  if (results.size() == 1) page_.table(score_table(results[0]), {"Scores", {}, {}});
  if (results.size() > 1 && truth != nullptr && truth->confusion.total() > 0)
    add_accuracy(tables, truth->confusion, results, labels);
  page_.figures(diagrams, "reliability diagrams", {page_.room(), true}, pool);
  if (results.size() > 1 && results.size() <= max_input_rows) add_table(results, labels, "Inputs");
  if (const Table layers = tables.layer_table(results); !layers.rows().empty()) {
    page_.section(results.size() > 1 ? "Layers, over all inputs" : "Layers");
    page_.table(layers);
  }
  page_.set_front(false);
  if (results.size() > max_input_rows) {
    page_.section("All inputs");
    add_table(results, labels, "");
  }
  page_.finish();
}

}  // namespace nv
