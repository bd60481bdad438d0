#include "run/text.h"

#include <algorithm>
#include <cmath>

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

constexpr std::int64_t max_matrix_classes = 20;  // largest confusion matrix that is printed

std::string accuracy_line(const Confusion& c) {
  return fmt::format("accuracy {:.4f}  top-5 {:.4f}  of {} inputs", c.accuracy(), c.top5_accuracy(),
                     c.total());
}

std::string percent(double share) {
  return std::isnan(share) ? "-" : fmt::format("{:.1f} %", share * 100);
}

}  // namespace

std::string RunText::prediction(const RunResult& r) const {
  const std::string id = one_line(r.id);
  if (lines_) {
    std::string text = id;
    if (!r.reason.empty()) text += "\tNaN";
    if (r.prediction)
      text += fmt::format("\t{}\t{}\t{:.6g}", r.prediction->index, one_line(r.prediction->label),
                          r.prediction->score);
    for (std::size_t i = 1; i < std::min(top_, r.top.size()); ++i)
      text += fmt::format("\t{}\t{}\t{:.6g}", r.top[i].index, one_line(r.top[i].label), r.top[i].score);
    if (r.truth) text += fmt::format("\t{}\t{}", *r.truth, r.correct ? "right" : "wrong");
    return text + '\n';
  }
  if (many_) {
    std::string text = fmt::format("{:<24} ", id);
    if (!r.reason.empty()) return fmt::format("{}{}  {}\n", text, console_.bold("NaN         "), r.reason);
    if (!r.prediction) return text + "(no vector of classes)\n";
    text += fmt::format("{}  {:.4f}", console_.bold(fmt::format("{:<12}", one_line(r.prediction->label))),
                        r.prediction->score);
    if (r.truth && !r.correct)
      text += fmt::format("   wrong: it is {}", one_line(class_label(*r.truth, labels_)));
    return text + '\n';
  }
  std::vector<std::string> shapes;
  for (const Shape& s : r.shapes) shapes.push_back(s.str());
  std::string text = fmt::format("{}  {}, {}\n", console_.bold(id), fmt::join(shapes, ", "), r.preprocess);
  if (!r.reason.empty()) text += fmt::format("  {}  {}\n", console_.bold("NaN"), r.reason);
  if (!r.prediction) return text;
  std::size_t widest = 0;
  for (const ClassScore& c : r.top) widest = std::max(widest, display_width(c.label));
  const bool shares = r.prediction->probability.has_value();
  for (const ClassScore& c : r.top) {
    const std::string label =
        one_line(c.label) + std::string(widest - std::min(widest, display_width(c.label)), ' ');
    const bool winner = c.index == r.prediction->index;
    text += fmt::format("  {}  {:>9.4f}  {}{}\n", winner ? console_.bold(label) : label, c.score,
                        shares ? bar(c.score) : "", r.truth == c.index ? "  ← truth" : "");
  }
  return text;
}

Table RunText::layer_table(const std::vector<RunResult>& results) {
  Table table;
  table.column("#", Table::Align::right);
  table.column("layer", Table::Align::left);
  table.column("kind", Table::Align::left);
  table.column("shape", Table::Align::left);
  table.column("min", Table::Align::right);
  table.column("mean", Table::Align::right);
  table.column("max", Table::Align::right);
  table.column("active", Table::Align::right);
  const auto run = std::ranges::count_if(results, [](const RunResult& r) { return r.error.empty(); });
  // Of a set of inputs a channel that is always 0 is called dead.
  table.column(run > 1 ? "dead channels" : "inactive channels", Table::Align::left);
  for (const LayerResult& l : over_inputs(results)) {
    const std::string dead = l.dead.empty() ? ""
                             // Units of a vector are often 0: only the JSON lists them.
                             : l.shape.rank() == 1
                                 ? fmt::format("{} of {}", l.dead.size(), l.channels)
                                 : fmt::format("{} of {}: {}", l.dead.size(), l.channels, runs(l.dead, 6));
    table.row({fmt::format("{}", l.index), shortened(one_line(l.path), 48), l.kind, l.shape.str(),
               fmt::format("{:.4g}", l.values.min), fmt::format("{:.4g}", l.values.mean),
               fmt::format("{:.4g}", l.values.max), percent(l.active), dead});
  }
  return table;
}

Table RunText::class_table(const Confusion& c) const {
  Table table;
  table.column("class", Table::Align::left);
  table.column("inputs", Table::Align::right);
  table.column("recall", Table::Align::right);
  table.column("precision", Table::Align::right);
  table.column("mistaken for", Table::Align::left);
  for (std::int64_t t = 0; t < c.classes(); ++t) {
    if (c.of_class(t) == 0) continue;
    std::vector<std::pair<std::int64_t, std::int64_t>> mistakes;
    for (std::int64_t p = 0; p < c.classes(); ++p)
      if (p != t && c.count(t, p) > 0) mistakes.emplace_back(c.count(t, p), p);
    std::ranges::stable_sort(mistakes, std::greater<>(), &std::pair<std::int64_t, std::int64_t>::first);
    std::string list;
    if (c.unpredicted(t) > 0) list = fmt::format("NaN ({})", c.unpredicted(t));
    for (std::size_t i = 0; i < std::min<std::size_t>(mistakes.size(), 3); ++i)
      list += fmt::format("{}{} ({})", list.empty() ? "" : ", ",
                          one_line(class_label(mistakes[i].second, labels_)), mistakes[i].first);
    table.row({one_line(class_label(t, labels_)), fmt::format("{}", c.of_class(t)), percent(c.recall(t)),
               percent(c.precision(t)), list});
  }
  return table;
}

Table RunText::confusion_matrix(const Confusion& c) const {
  Table matrix;
  matrix.column("truth \\ predicted", Table::Align::left);
  for (std::int64_t p = 0; p < c.classes(); ++p)
    matrix.column(shortened(one_line(class_label(p, labels_)), 6), Table::Align::right);
  for (std::int64_t t = 0; t < c.classes(); ++t) {
    std::vector<std::string> row{one_line(class_label(t, labels_))};
    for (std::int64_t p = 0; p < c.classes(); ++p)
      row.push_back(c.count(t, p) == 0 ? "·" : fmt::format("{}", c.count(t, p)));
    matrix.row(std::move(row));
  }
  return matrix;
}

std::string RunText::accuracy(const Confusion& c) const {
  std::string text = '\n' + accuracy_line(c) + '\n' + class_table(c).text(console_);
  if (c.classes() <= max_matrix_classes) text += '\n' + confusion_matrix(c).text(console_);
  return text;
}

void RunText::add_closing(ReportPage& page, const std::vector<RunResult>& results,
                          const Confusion* confusion) const {
  page.heading(results.size() > 1 ? "All inputs, layer by layer" : "Layer by layer");
  page.table(layer_table(results));
  if (confusion == nullptr || confusion->total() < 2) return;
  page.heading("Accuracy");
  page.text(accuracy_line(*confusion));
  page.table(class_table(*confusion));
  if (confusion->classes() <= max_matrix_classes) page.table(confusion_matrix(*confusion));
}

std::string RunText::closing(const std::vector<RunResult>& results, const Confusion* confusion,
                             const RunWriter& writer) const {
  std::string text;
  if (const Table layers = layer_table(results); !lines_ && !layers.rows().empty())
    text = '\n' + layers.text(console_);
  if (confusion != nullptr && !lines_ && confusion->total() > 1) text += accuracy(*confusion);
  if (confusion != nullptr && lines_ && console_.verbose) text += accuracy(*confusion);
  const std::string files = writer.written();
  if (lines_ && !files.empty())
    console_.note(files);  // standard output holds only the lines of predictions
  else if (!files.empty())
    text += fmt::format("\n{}\n", files);
  return text;
}

}  // namespace nv
