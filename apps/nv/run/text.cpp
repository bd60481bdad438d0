#include "run/text.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "nv/analysis/captions.h"
#include "nv/core/letters.h"
#include "nv/core/text.h"

namespace nv {

namespace {

std::string bar(float share) {
  const int eighths = static_cast<int>(std::lround(std::clamp(share, 0.0F, 1.0F) * 160));
  constexpr std::string_view parts[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
  std::string text;
  for (int i = 0; i < eighths / 8; ++i) text += "█";
  return text + std::string(parts[eighths % 8]);
}

/// "0-3, 7, 9": ascending numbers, consecutive ones joined; at most `most` parts.
std::string runs(const std::vector<std::int64_t>& numbers, std::size_t most) {
  std::string text;
  std::size_t parts = 0;
  for (std::size_t i = 0; i < numbers.size();) {
    std::size_t end = i + 1;
    while (end < numbers.size() && numbers[end] == numbers[end - 1] + 1) ++end;
    if (parts++ == most) return text + ", …";
    if (!text.empty()) text += ", ";
    text += end - i == 1 ? fmt::format("{}", numbers[i]) : fmt::format("{}-{}", numbers[i], numbers[end - 1]);
    i = end;
  }
  return text;
}

constexpr std::size_t shown_classes = 20, shown_wrong = 10, shown_uncertain = 5;

std::string accuracy_line(const Confusion& c) {
  return fmt::format("accuracy {}  top-5 {}  of {}", score_text(c.accuracy()), score_text(c.top5_accuracy()),
                     counted(c.total(), "input"));
}

/// "" for outputs that are no probabilities.
std::string calibration_line(const Calibration& c) {
  if (c.inputs() == 0) return "";
  return fmt::format("ECE {:.4f} ({} equal bins)  NLL {:.4f}  Brier score {:.4f}\n", c.ece(),
                     Calibration::bin_count, c.nll(), c.brier());
}

std::string percent(double share) {
  return std::isnan(share) ? "-" : fmt::format("{:.1f} %", share * 100);
}

/// "cat (3), dog (1)": the three classes that inputs of `truth` are most often mistaken for.
std::string mistakes_text(const Confusion& c, std::int64_t truth, std::span<const std::string> labels) {
  std::vector<std::pair<std::int64_t, std::int64_t>> mistakes;
  for (std::int64_t p = 0; p < c.classes(); ++p)
    if (p != truth && c.count(truth, p) > 0) mistakes.emplace_back(c.count(truth, p), p);
  std::ranges::stable_sort(mistakes, std::greater<>(), &std::pair<std::int64_t, std::int64_t>::first);
  std::string list;
  if (c.unpredicted(truth) > 0) list = fmt::format("NaN ({})", c.unpredicted(truth));
  for (std::size_t i = 0; i < std::min<std::size_t>(mistakes.size(), 3); ++i)
    list += fmt::format("{}{} ({})", list.empty() ? "" : ", ",
                        one_line(class_label(mistakes[i].second, labels)), mistakes[i].first);
  return list;
}

std::string padded(const std::string& text, std::size_t width) {
  return text + std::string(width - std::min(width, display_width(text)), ' ');
}

/// Of the predicted class, 0..1; the score of a model without probabilities; -1 without a prediction.
float certainty(const RunResult& r) {
  return r.prediction ? r.prediction->probability.value_or(r.prediction->score) : -1;
}

}  // namespace

RunText::RunText(const Console& console, const InputSet& set, InputText inputs, std::size_t top)
    : console_(console), labels_(set.labels), inputs_(inputs), top_(top), count_(set.inputs.size()) {
  for (std::size_t i = 0; inputs == InputText::lines && i < count_; ++i)
    id_width_ = std::max(id_width_, display_width(one_line(set.inputs[i].id)));
  label_width_ = 4;
  for (const std::string& label : labels_)
    label_width_ = std::max(label_width_, display_width(one_line(label)));
  constexpr std::size_t score_and_truth = 30;
  if (const auto width = console.width())
    id_width_ = std::min(
        id_width_, std::max<std::size_t>(16, *width - std::min(*width, label_width_ + score_and_truth)));
}

std::string RunText::prediction(const RunResult& r) const {
  switch (inputs_) {
    case InputText::fields:
      return fields(r);
    case InputText::lines:
      return columns(r);
    case InputText::details:
      return details(r);
    case InputText::none:
      break;
  }
  return {};
}

std::string RunText::fields(const RunResult& r) const {
  std::string text = one_line(r.id);
  if (!r.reason.empty()) text += "\tNaN";
  if (r.prediction)
    text += fmt::format("\t{}\t{}\t{:.6g}", r.prediction->index, one_line(r.prediction->label),
                        r.prediction->score);
  for (std::size_t i = 1; i < std::min(top_, r.top.size()); ++i)
    text += fmt::format("\t{}\t{}\t{:.6g}", r.top[i].index, one_line(r.top[i].label), r.top[i].score);
  if (r.truth) text += fmt::format("\t{}\t{}", *r.truth, r.correct ? "right" : "wrong");
  return text + '\n';
}

std::string RunText::columns(const RunResult& r) const {
  std::string text = padded(shortened_middle(one_line(r.id), id_width_), id_width_) + "  ";
  if (!r.reason.empty())
    return fmt::format("{}{}  {}\n", text, console_.bold(padded("NaN", label_width_)), r.reason);
  if (!r.prediction) return text + "(no vector of classes)\n";
  text += fmt::format("{}  {}", console_.bold(padded(one_line(r.prediction->label), label_width_)),
                      score_text(static_cast<double>(certainty(r))));
  if (r.truth && !r.correct)
    text += fmt::format("  wrong: it is {}", one_line(class_label(*r.truth, labels_)));
  return text + '\n';
}

std::string RunText::details(const RunResult& r) const {
  std::vector<std::string> shapes;
  for (const Shape& s : r.shapes) shapes.push_back(s.str());
  std::string text =
      fmt::format("{}  {}, {}\n", console_.bold(one_line(r.id)), fmt::join(shapes, ", "), r.preprocess);
  if (!r.reason.empty()) text += fmt::format("  {}  {}\n", console_.bold("NaN"), r.reason);
  if (!r.prediction) return text;
  std::size_t widest = 0;
  for (const ClassScore& c : r.likely) widest = std::max(widest, display_width(one_line(c.label)));
  const bool shares = r.prediction->probability.has_value();
  for (const ClassScore& c : r.likely) {
    const std::string label = padded(one_line(c.label), widest);
    const bool winner = c.index == r.prediction->index;
    text += fmt::format("  {}  {:>9}  {}{}\n", winner ? console_.bold(label) : label,
                        score_text(static_cast<double>(c.score)), shares ? bar(c.score) : "",
                        r.truth == c.index ? "  ← truth" : "");
  }
  return text;
}

Table RunText::layer_table(std::span<const RunResult> results) {
  Table table;
  table.layer_columns();
  table.column("shape", Table::Align::left);
  table.column("min", Table::Align::right);
  table.column("mean", Table::Align::right);
  table.column("max", Table::Align::right);
  table.column("active", Table::Align::right);
  const auto run = std::ranges::count_if(results, [](const RunResult& r) { return r.error.empty(); });
  // A channel that is 0 for every input of a set is called dead; a few inputs are no set.
  constexpr std::ptrdiff_t set = 10;
  table.column(run >= set ? "dead channels"
               : run > 1  ? "inactive for all"
                          : "inactive channels",
               Table::Align::left);
  for (const LayerResult& l : over_inputs(results)) {
    const std::string dead = l.dead.empty() ? ""
                             // Units of a vector are often 0: only the JSON lists them.
                             : l.shape.rank() == 1
                                 ? fmt::format("{} of {}", l.dead.size(), l.channels)
                                 : fmt::format("{} of {}: {}", l.dead.size(), l.channels, runs(l.dead, 6));
    table.layer_row(l.index, l.path, l.kind,
                    {l.shape.str(), fmt::format("{:.4g}", l.values.min), fmt::format("{:.4g}", l.values.mean),
                     fmt::format("{:.4g}", l.values.max), percent(l.active), dead});
  }
  return table;
}

Table RunText::class_table(const Confusion& c, std::size_t most) const {
  Table table;
  table.column("class", Table::Align::left);
  table.column("inputs", Table::Align::right);
  table.column("recall", Table::Align::right);
  table.column("precision", Table::Align::right);
  table.column("mistaken for", Table::Align::left);
  std::vector<std::int64_t> classes;
  for (std::int64_t t = 0; t < c.classes(); ++t)
    if (c.of_class(t) > 0) classes.push_back(t);
  if (classes.size() > most) {
    std::ranges::stable_sort(classes, {}, [&](std::int64_t t) { return c.recall(t); });
    classes.resize(most);
  }
  for (const std::int64_t t : classes)
    table.row({one_line(class_label(t, labels_)), fmt::format("{}", c.of_class(t)), percent(c.recall(t)),
               percent(c.precision(t)), mistakes_text(c, t, labels_)});
  return table;
}

std::size_t RunText::matrix_header(const Confusion& c) const {
  constexpr std::size_t least = 3, widest = 8, gap = 2, corner = 9;
  const auto classes = static_cast<std::size_t>(std::max<std::int64_t>(c.classes(), 1));
  const std::size_t names = std::max(label_width_, corner), width = console_.width().value_or(SIZE_MAX);
  return std::clamp(std::max((width - std::min(width, names)) / classes, gap) - gap, least, widest);
}

Table RunText::confusion_matrix(const Confusion& c, std::size_t header) const {
  Table matrix;
  matrix.column("truth \\", "predicted", Table::Align::left);
  for (std::int64_t p = 0; p < c.classes(); ++p)
    matrix.column(shortened(one_line(class_label(p, labels_)), header), Table::Align::right);
  for (std::int64_t t = 0; t < c.classes(); ++t) {
    std::vector<std::string> row{one_line(class_label(t, labels_))};
    for (std::int64_t p = 0; p < c.classes(); ++p)
      row.push_back(c.count(t, p) == 0 ? "·" : fmt::format("{}", c.count(t, p)));
    matrix.row(std::move(row));
  }
  return matrix;
}

Table RunText::prediction_table(std::span<const RunResult> results, std::size_t most) const {
  struct Predicted {
    std::string label;
    std::int64_t inputs = 0;
    double sum = 0;
  };
  std::map<std::int64_t, Predicted> by_class;
  std::int64_t all = 0;
  for (const RunResult& r : results) {
    if (!r.prediction) continue;
    Predicted& p = by_class[r.prediction->index];
    p.label = r.prediction->label;
    p.sum += certainty(r);
    ++p.inputs;
    ++all;
  }
  std::vector<Predicted> rows;
  for (const auto& [index, p] : by_class) rows.push_back(p);
  std::ranges::stable_sort(rows, std::greater<>(), &Predicted::inputs);
  Table table;
  table.column("predicted class", Table::Align::left);
  for (const char* name : {"inputs", "share", "mean score"}) table.column(name, Table::Align::right);
  for (std::size_t i = 0; i < std::min(rows.size(), most); ++i)
    table.row({one_line(rows[i].label), fmt::format("{}", rows[i].inputs),
               percent(static_cast<double>(rows[i].inputs) / static_cast<double>(all)),
               score_text(rows[i].sum / static_cast<double>(rows[i].inputs))});
  return table;
}

Table RunText::input_table(std::string_view name, std::span<const RunResult* const> results,
                           std::size_t most) const {
  const bool truth = !results.empty() && results[0]->truth;
  Table table;
  table.column(name, Table::Align::left);
  table.column("predicted", Table::Align::left);
  table.column("score", Table::Align::right);
  if (truth) table.column("truth", Table::Align::left);
  for (const RunResult* r : results.first(std::min(results.size(), most))) {
    std::vector<std::string> row{one_line(r->id), r->prediction ? one_line(r->prediction->label) : "NaN",
                                 r->prediction ? score_text(static_cast<double>(certainty(*r))) : ""};
    if (truth) row.push_back(one_line(class_label(*r->truth, labels_)));
    table.row(std::move(row));
  }
  return table;
}

Table RunText::wrong_table(std::span<const RunResult> results, std::size_t most) const {
  std::vector<const RunResult*> wrong;
  for (const RunResult& r : results)
    if (r.error.empty() && r.truth && !r.correct) wrong.push_back(&r);
  std::ranges::stable_sort(wrong, std::greater<>(), [](const RunResult* r) { return certainty(*r); });
  return input_table("wrong inputs", wrong, most);
}

Table RunText::uncertain_table(std::span<const RunResult> results, std::size_t most) const {
  std::vector<const RunResult*> list;
  for (const RunResult& r : results)
    if (r.prediction && r.prediction->probability) list.push_back(&r);
  std::ranges::stable_sort(list, {}, [](const RunResult* r) { return certainty(*r); });
  return input_table("least certain inputs", list, most);
}

std::string RunText::accuracy(const TruthSummary& truth) const {
  const Confusion& c = truth.confusion;
  std::string text = '\n' + accuracy_line(c) + '\n' + calibration_line(truth.calibration);
  std::int64_t classes = 0;
  for (std::int64_t t = 0; t < c.classes(); ++t) classes += c.of_class(t) > 0 ? 1 : 0;
  if (classes > static_cast<std::int64_t>(shown_classes))
    text += fmt::format("the {} of {} classes with the lowest recall\n", shown_classes, classes);
  text += class_table(c, shown_classes).text(console_);
  if (c.classes() <= max_matrix_classes) text += '\n' + confusion_matrix(c, matrix_header(c)).text(console_);
  return text;
}

std::string RunText::summary(std::span<const RunResult> results, const TruthSummary* truth) const {
  std::string text;
  const auto add = [&](const Table& table) {
    if (!table.rows().empty()) text += '\n' + table.text(console_);
  };
  if (truth != nullptr && truth->confusion.total() > 1)
    text += accuracy(*truth);
  else if (truth == nullptr)
    add(prediction_table(results, shown_classes));
  if (inputs_ == InputText::lines) return text;
  if (truth != nullptr) {
    add(wrong_table(results, shown_wrong));
    const auto wrong = std::ranges::count_if(
        results, [](const RunResult& r) { return r.error.empty() && r.truth && !r.correct; });
    if (wrong > static_cast<std::ptrdiff_t>(shown_wrong))
      text += fmt::format("and {} more: --only wrong lists all\n",
                          wrong - static_cast<std::ptrdiff_t>(shown_wrong));
  }
  add(uncertain_table(results, shown_uncertain));
  return text;
}

std::string RunText::closing(const std::vector<RunResult>& results, const TruthSummary* truth,
                             const RunWriter& writer) const {
  std::string text;
  const std::string files = writer.written();
  if (inputs_ == InputText::fields) {
    if (!files.empty()) console_.note(files);  // standard output holds only the lines of predictions
    return text;
  }
  if (const Table layers = layer_table(results); !layers.rows().empty()) text += '\n' + layers.text(console_);
  if (count_ > 1 && (truth != nullptr || count_ > most_lines)) text += summary(results, truth);
  // Without lines before it, the text begins with a table.
  if (inputs_ == InputText::none && text.starts_with('\n')) text.erase(0, 1);
  if (!files.empty()) text += fmt::format("\n{}\n", files);
  return text;
}

}  // namespace nv
