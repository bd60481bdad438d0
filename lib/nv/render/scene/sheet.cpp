#include "nv/render/scene/sheet.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "nv/core/letters.h"
#include "nv/core/text.h"

namespace nv::render {

namespace {

constexpr double bar_width = 14, tick_length = 4, title_size = 20, least_title_size = 14;

std::vector<double> bar_ticks(const ColourBar& bar) {
  if (bar.own_scales || bar.empty) return {};
  return nice_ticks(bar.scale.lo, bar.scale.hi, 5);
}

std::vector<std::string> bar_labels(const ColourBar& bar) {
  if (bar.own_scales) return {"min", "max"};
  if (bar.empty) return {};
  if (bar.scale.lo == bar.scale.hi) return {compact_number(bar.scale.lo)};
  return tick_labels(bar_ticks(bar));
}

double widest(const Sheet& sheet, std::span<const std::string> labels, double size) {
  double width = 0;
  for (const std::string& label : labels) width = std::max(width, sheet.font.width(label, size));
  return width;
}

/// Every n-th index is labelled: n for `step` px between neighbours and labels of `room` px.
int label_stride(double step, double room) {
  for (int decade = 1;; decade *= 10)
    for (const int m : {1, 2, 5})
      if (m * decade * step >= room) return m * decade;
}

/// Like `wrapped`, but broken between entries ("a  ·  b") where possible.
std::vector<std::string> entry_lines(const Font& font, std::string_view text, double size, double width) {
  constexpr std::string_view separator = "  ·  ";
  std::vector<std::string> lines(1);
  while (true) {
    const std::size_t end = text.find(separator);
    const std::string entry(text.substr(0, end));
    const std::string longer =
        lines.back().empty() ? entry : fmt::format("{}{}{}", lines.back(), separator, entry);
    if (font.width(longer, size) <= width) {
      lines.back() = longer;
    } else {
      if (lines.back().empty()) lines.pop_back();
      for (std::string& line : wrapped(font, entry, size, width)) lines.push_back(std::move(line));
    }
    if (end == std::string_view::npos) return lines;
    text.remove_prefix(end + separator.size());
  }
}

/// A text of the heading, in at most `most` lines; returns the last baseline.
double add_lines(Sheet& sheet, const std::string& text, Rgb colour, double y, double room, std::size_t most) {
  if (text.empty()) return y;
  std::vector<std::string> lines = entry_lines(sheet.font, one_line(text), text_size, room);
  if (lines.size() > most) {
    for (std::size_t i = most; i < lines.size(); ++i) lines[most - 1] += " " + lines[i];
    lines.resize(most);
    lines.back() = sheet.font.fitted(lines.back(), text_size, room);
  }
  for (const std::string& line : lines) sheet.put(sheet.margin, y += 18, line, text_size, colour);
  return y;
}

/// What a line is not broken within.
struct Word {
  std::string text;
  bool spaced;  ///< a space is before it
};

std::vector<Word> words_of(std::string_view text) {
  std::vector<Word> words;
  for (const std::string& part : split(text, ' ')) {
    if (part.starts_with('%') && !words.empty()) {  // belongs to its number
      words.back().text += " " + part;
      continue;
    }
    words.push_back({{}, true});
    char32_t before = 0;
    for (std::string_view rest = part; !rest.empty();) {
      const std::string_view here = rest;
      const char32_t code = next_code_point(rest);
      if (before != 0 && breaks_between(before, code)) words.push_back({{}, false});
      words.back().text += here.substr(0, here.size() - rest.size());
      before = code;
    }
  }
  return words;
}

void add_mark(Sheet& sheet, const Legend::Entry& entry, double x, double y) {
  constexpr double size = 11;
  switch (entry.mark) {
    case Legend::Mark::none:
      break;
    case Legend::Mark::dead:
      sheet.scene.outline(x, y, size, size, {sheet.theme.second, 1, 3});
      break;
    case Legend::Mark::frozen:
      add_frozen(sheet, x, y, size, size);
      break;
    case Legend::Mark::bad:
      sheet.scene.fill(x, y, size, size, sheet.theme.bad);
      break;
    case Legend::Mark::swatch:
      sheet.scene.fill(x, y, size, size, entry.colour);
      break;
  }
}

}  // namespace

std::vector<std::string> wrapped(const Font& font, std::string_view text, double size, double width) {
  std::vector<std::string> lines;
  std::string line;
  for (const Word& word : words_of(text)) {
    const std::string longer = line.empty() ? word.text : line + (word.spaced ? " " : "") + word.text;
    if (line.empty() || font.width(longer, size) <= width) {
      line = longer;
      continue;
    }
    lines.push_back(std::string(trim(line)));
    line = word.text;
  }
  if (!line.empty()) lines.push_back(std::string(trim(line)));
  for (std::string& one : lines) {
    if (one.ends_with(" ·")) one = trim(std::string_view(one).substr(0, one.size() - 3));  // between items
    one = font.fitted(one, size, width);
  }
  return lines;
}

double add_heading(Sheet& sheet, const Heading& heading, const Page& page, double width) {
  if (!page.title) return sheet.margin;
  const Theme& theme = sheet.theme;
  const double right = width - sheet.margin, room = right - sheet.margin;
  double y = sheet.margin + 15;
  std::string model = sheet.font.fitted_middle(one_line(heading.source), text_size, room * 0.4);
  const std::string title = one_line(heading.title);
  std::string details = heading.kind;
  if (!heading.shape_text.empty()) details += (details.empty() ? "" : "  ·  ") + heading.shape_text;
  const double beside = model.empty() ? 0 : sheet.font.width(model, text_size) + 24;
  double size = title_size, left = room - beside;
  if (sheet.font.width(title, size, FontWeight::bold) > left) {
    // A long title takes the whole line, in smaller letters if need be.
    if (!model.empty()) details += (details.empty() ? "" : "  ·  ") + one_line(heading.source);
    model.clear();
    left = room;
    size = std::clamp(size * left / sheet.font.width(title, size, FontWeight::bold), least_title_size, size);
  }
  sheet.put(sheet.margin, y, sheet.font.fitted_middle(title, size, left, FontWeight::bold), size, theme.ink,
            Anchor::start, FontWeight::bold);
  if (!model.empty()) sheet.put(right, y, model, text_size, theme.muted, Anchor::end);
  y = add_lines(sheet, details, theme.ink, y + 3, room, 3);
  y = add_lines(sheet, heading.caption, theme.muted, y, room, 8);  // may be sentences
  return y + 20;
}

double colour_bar_width(const Sheet& sheet, const ColourBar& bar) {
  const double labels = widest(sheet, bar_labels(bar), small_size);
  return bar_width + tick_length + 3 + labels + (bar.meaning.empty() ? 0 : 10 + small_size);
}

void add_colour_bar(Sheet& sheet, const ColourBar& bar, double x, double y, double height) {
  const Theme& theme = sheet.theme;
  const double tick_x = x + bar_width, label_x = tick_x + tick_length + 3;
  const bool constant = !bar.own_scales && !(bar.scale.hi > bar.scale.lo);
  if (bar.empty || constant)
    sheet.scene.fill(x, y, bar_width, height, bar.empty ? theme.bad : bar.scale.colour(bar.scale.lo));
  else
    sheet.scene.add(Gradient{x, y, bar_width, height, level_colours(bar.scale.map), Direction::up});
  sheet.scene.outline(x, y, bar_width, height, sheet.hairline());
  const auto tick = [&](double at, const std::string& label) {
    const double ty = std::round(y + (1 - at) * (height - 1)) + 0.5;
    sheet.scene.line({tick_x, ty}, {tick_x + tick_length, ty}, {theme.muted, 1, 0});
    sheet.put(label_x, ty + 4, label, small_size, theme.ink);
  };
  const std::vector<double> ticks = bar_ticks(bar);
  const std::vector<std::string> labels = bar_labels(bar);
  if (bar.own_scales) {
    tick(0, labels[0]);
    tick(1, labels[1]);
  } else if (constant && !bar.empty) {
    tick(0.5, labels[0]);
  } else {
    for (std::size_t i = 0; i < ticks.size(); ++i)
      tick((ticks[i] - bar.scale.lo) / (bar.scale.hi - bar.scale.lo), labels[i]);
  }
  if (bar.meaning.empty()) return;
  const std::string meaning = bar.empty ? "no finite value" : bar.meaning;
  const double title_x = label_x + widest(sheet, labels, small_size) + 8 + small_size * 0.75;
  sheet.scene.text({title_x, y + height / 2, sheet.font.fitted(meaning, small_size, std::max(height, 60.0)),
                    small_size, theme.muted, Anchor::middle, FontWeight::regular, Turn::up});
}

double add_legend(Sheet& sheet, const Legend& legend, double x, double y, double width) {
  constexpr double line = 18, gap = 22, swatch = 17;
  if (legend.entries.empty()) return y;
  double at = x;
  y += line;
  for (const Legend::Entry& entry : legend.entries) {
    const double lead = entry.mark == Legend::Mark::none ? 0 : swatch;
    const std::vector<std::string> lines = wrapped(sheet.font, entry.text, small_size, width - lead);
    double widest = 0;
    for (const std::string& text : lines) widest = std::max(widest, sheet.font.width(text, small_size));
    if (at > x && at + lead + widest > x + width) {
      at = x;
      y += line;
    }
    add_mark(sheet, entry, at, y - 9);
    for (std::size_t i = 0; i < lines.size(); ++i) {
      if (i > 0) y += line;
      sheet.put(at + lead, y, lines[i], small_size, sheet.theme.muted);
    }
    at += lead + widest + gap;
  }
  return y + 4;
}

void add_frozen(Sheet& sheet, double x, double y, double width, double height) {
  sheet.scene.fill(x, y, width, height, sheet.theme.frozen);
  const Stroke cross{mixed(sheet.theme.frozen, sheet.theme.ink, 0.45), 1, 0};
  sheet.scene.line({x, y}, {x + width, y + height}, cross);
  sheet.scene.line({x, y + height}, {x + width, y}, cross);
}

void add_arrow_head(Sheet& sheet, Point tip, double dx, double dy, double width, Rgb colour) {
  constexpr double length = 6;
  const double half = width / 2;
  const Point back{tip.x - dx * length, tip.y - dy * length};
  sheet.scene.polygon(
      {tip, {back.x - dy * half, back.y + dx * half}, {back.x + dy * half, back.y - dx * half}}, colour);
}

double index_width(const Sheet& sheet, const Axes& axes) {
  const long long last =
      axes.row_first + static_cast<long long>(std::max(0, axes.rows - 1)) * axes.row_increment;
  return sheet.font.width(std::to_string(last), small_size) + 8;
}

void add_indices(Sheet& sheet, const Axes& axes) {
  const double wide = sheet.font.width(std::to_string(std::max(0, axes.columns - 1)), small_size) + 6;
  const int column_stride = label_stride(axes.column_step, wide);
  for (int c = 0; c < axes.columns; c += column_stride)
    sheet.put(axes.x + (c + 0.5) * axes.column_step, axes.y - 6, std::to_string(c), small_size,
              sheet.theme.muted, Anchor::middle);
  const int row_stride = label_stride(axes.row_step, small_size + 2);
  for (int r = 0; r < axes.rows; r += row_stride)
    sheet.put(axes.x - 7, axes.y + (r + 0.5) * axes.row_step + 4,
              std::to_string(axes.row_first + static_cast<long long>(r) * axes.row_increment), small_size,
              sheet.theme.muted, Anchor::end);
}

std::string listed(std::span<const int> numbers, std::size_t most) {
  const std::size_t shown = std::min(most, numbers.size());
  return fmt::format("{}{}", fmt::join(numbers.first(shown), ", "), shown < numbers.size() ? ", …" : "");
}

std::string range_text(const Range& range) {
  if (range.finite == 0) return "no finite value";
  if (range.constant()) return fmt::format("every value is {}", compact_number(range.lo));
  return fmt::format("min {}  ·  max {}", compact_number(range.lo), compact_number(range.hi));
}

}  // namespace nv::render
