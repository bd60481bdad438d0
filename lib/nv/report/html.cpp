#include "nv/report/html.h"

#include <fmt/format.h>

#include <algorithm>

#include "nv/core/letters.h"
#include "nv/core/mark.h"
#include "nv/core/text.h"
#include "nv/core/xml.h"

namespace nv {

namespace {

constexpr std::string_view light_colours =
    "color-scheme: light; --back: #fff; --ink: #16191e; --muted: #5c626c; --line: #ced2d8; --panel: #f6f7f9; "
    "--link: #0060a0; --shade: 0, 114, 178; ";
constexpr std::string_view dark_colours =
    "color-scheme: dark; --back: #13161b; --ink: #e8eaee; --muted: #9ca3ae; --line: #3e444d; --panel: "
    "#1c2026; --link: #7cc4f2; --shade: 86, 180, 233; ";

// Figures and tables that are wider than a narrow screen scroll by themselves, so that their text stays
// legible; on paper they shrink, and each figure stays on one page.
constexpr std::string_view style_rules = R"(
html { -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--back); color: var(--ink);
  font: 15px/1.5 "Liberation Sans", Arial, Helvetica, sans-serif; }
main { max-width: 1180px; margin: 0 auto; padding: 24px; }
h1 { font-size: 26px; line-height: 1.25; margin: 0 0 4px; overflow-wrap: anywhere; }
h2 { font-size: 20px; margin: 40px 0 6px; padding-top: 14px; border-top: 1px solid var(--line);
  overflow-wrap: anywhere; }
h3 { font-size: 16px; margin: 28px 0 4px; overflow-wrap: anywhere; }
p { margin: 4px 0; overflow-wrap: anywhere; }
.note { color: var(--muted); }
a { color: var(--link); }
pre { background: var(--panel); padding: 8px 12px; overflow-x: auto; font: 13px/1.5 monospace; margin: 8px 0; }
nav { background: var(--panel); padding: 10px 16px; margin: 14px 0; }
nav ol { margin: 0; padding-left: 20px; }
nav ol ol { display: flex; flex-wrap: wrap; gap: 0 14px; padding: 0; list-style: none; font-size: 13.5px;
  overflow-wrap: anywhere; }
dl { display: flex; flex-wrap: wrap; gap: 10px 36px; margin: 12px 0; }
dt { color: var(--muted); font-size: 13px; }
dd { margin: 0; font-size: 18px; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
.wide { overflow-x: auto; margin: 10px 0 16px; }
table { border-collapse: collapse; font-size: 13.5px; font-variant-numeric: tabular-nums; }
caption { text-align: left; color: var(--muted); padding: 2px 0; white-space: nowrap; }
th, td { padding: 3px 14px 3px 4px; text-align: left; vertical-align: top; white-space: nowrap; }
thead th { border-bottom: 1px solid var(--line); }
tbody th { font-weight: normal; }
tbody tr:nth-child(even) { background: var(--panel); }
th.number, td.number { text-align: right; }
figure { margin: 12px 0; overflow-x: auto; }
figure svg { max-width: max(100%, 640px); height: auto; display: block; }
.small { display: grid; gap: 0 20px; }
.in-dark { display: none; }
footer { margin-top: 40px; border-top: 1px solid var(--line); padding-top: 10px; color: var(--muted);
  font-size: 12.5px; overflow-wrap: anywhere; }
@media (min-width: 1000px) { .small { grid-template-columns: 1fr 1fr; } .small svg { max-width: 100%; } }
@media (max-width: 640px) { main { padding: 12px; } h1 { font-size: 21px; } }
@page { margin: 14mm 12mm; }
@media print {
  html { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  body { font-size: 10pt; }
  main { max-width: none; padding: 0; }
  .section + .section { break-before: page; }
  h2 { margin-top: 0; border-top: none; padding-top: 0; }
  h2, h3, h2 + p, h3 + p, caption { break-after: avoid; }
  figure, tr, .wide, dl > div { break-inside: avoid; }
  figure, .wide, pre { overflow: visible; }
  .small { grid-template-columns: 1fr 1fr; }
  figure svg { max-width: 100%; max-height: 98mm; }
  .tall svg { max-height: 240mm; }
  .many { columns: 4; column-gap: 5mm; font-size: 7.5pt; }
  .many > h2, .many > p { column-span: all; }
  .many .part { break-inside: avoid; padding-bottom: 2mm; }
  .many h3 { margin: 0; font-size: 8pt; overflow-wrap: anywhere; }
  .many .part p, .many figure { margin: 0 0 1mm; }
  .many .small { display: block; }
  .many figure svg { max-height: 60mm; }
  pre { white-space: pre-wrap; overflow-wrap: anywhere; }
  table { font-size: 8pt; }
  th, td, caption { white-space: normal; padding: 2px 8px 2px 2px; }
  a { color: inherit; text-decoration: none; }
}
)";

constexpr std::size_t max_links = 200;     // of one section in the table of contents
constexpr std::ptrdiff_t many_parts = 20;  // of a section that is printed as a contact sheet

}  // namespace

std::string html_escaped(std::string_view text) {
  return xml_escaped(printable(text), true);
}

namespace {

/// As content of an element: words that run from right to left, with the spaces between them, are isolated,
/// so that they do not reverse the numbers and arrows beside them.
std::string content(std::string_view text) {
  const std::string safe = printable(text);
  std::string out;
  std::size_t done = 0, begin = 0, end = 0;  // begin, end: of a run; equal if there is none
  const auto close = [&] {
    if (begin == end) return;
    out += xml_escaped(std::string_view(safe).substr(done, begin - done), true);
    out += fmt::format("<bdi>{}</bdi>", xml_escaped(std::string_view(safe).substr(begin, end - begin), true));
    done = begin = end;
  };
  for (std::string_view rest = safe; !rest.empty();) {
    const std::size_t at = safe.size() - rest.size();
    const char32_t c = next_code_point(rest);
    if (runs_to_left(c)) {
      if (begin == end) begin = at;
      end = safe.size() - rest.size();
    } else if (c != ' ') {
      close();
    }
  }
  close();
  return out + xml_escaped(std::string_view(safe).substr(done), true);
}

}  // namespace

HtmlPage::HtmlPage(std::string title, PageColours colours) : title_(std::move(title)), colours_(colours) {}

std::string& HtmlPage::body() {
  std::vector<Section>& sections = front_wanted_ ? front_ : rest_;
  return sections.empty() ? head_ : sections.back().body;
}

/// Letters, digits and "-_." of the title; numbered if another section has that anchor.
std::string HtmlPage::unused_anchor(std::string_view title) {
  std::string stem;
  for (const char c : title) {
    const bool keep = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      c == '_' || c == '.' || c == '-';
    if (keep)
      stem += c;
    else if (!stem.empty() && stem.back() != '-')
      stem += '-';
  }
  if (stem.empty()) stem = "section";
  std::string anchor = stem;
  for (int n = 2; !anchors_.insert(anchor).second; ++n) anchor = fmt::format("{}.{}", stem, n);
  return anchor;
}

std::string HtmlPage::section(std::string_view title, int level) {
  const std::string anchor = unused_anchor(title);
  (front_wanted_ ? front_ : rest_).push_back({std::string(title), anchor, {}, level});
  return anchor;
}

void HtmlPage::text(std::string_view text) {
  body() += fmt::format("<p>{}</p>\n", content(text));
}

namespace {
std::string note_html(std::string_view text) {
  return fmt::format("<p class=\"note\">{}</p>\n", content(text));
}
}  // namespace

void HtmlPage::note(std::string_view text) {
  body() += note_html(text);
}

void HtmlPage::note_at_top(std::string_view text) {
  head_ += note_html(text);
}

void HtmlPage::code(std::string_view text) {
  body() += fmt::format("<pre>{}</pre>\n", html_escaped(text));
}

void HtmlPage::facts(std::span<const std::pair<std::string, std::string>> facts) {
  std::string& out = body();
  out += "<dl>\n";
  for (const auto& [name, value] : facts)
    out += fmt::format("<div><dt>{}</dt><dd>{}</dd></div>\n", content(name), content(value));
  out += "</dl>\n";
}

void HtmlPage::table(std::span<const Column> columns, std::span<const std::vector<std::string>> rows,
                     const TableMarks& marks) {
  std::string& out = body();
  const auto number = [&](std::size_t c) { return columns[c].number ? " class=\"number\"" : ""; };
  // The first column of texts names the rows.
  const auto named = std::ranges::find(columns, false, &Column::number);
  const auto naming = static_cast<std::size_t>(named - columns.begin());
  out += "<div class=\"wide\"><table>\n";
  if (!marks.caption.empty()) out += fmt::format("<caption>{}</caption>\n", content(marks.caption));
  out += "<thead><tr>";
  for (std::size_t c = 0; c < columns.size(); ++c)
    out += fmt::format("<th scope=\"col\"{}>{}</th>", number(c), content(columns[c].header));
  out += "</tr></thead>\n<tbody>\n";
  for (std::size_t r = 0; r < rows.size(); ++r) {
    const std::string anchor = r < marks.anchors.size() ? marks.anchors[r] : "";
    out += "<tr>";
    for (std::size_t c = 0; c < columns.size(); ++c) {
      const double shade = r < marks.shades.size() ? marks.shades[r][c] : 0;
      std::string text = content(rows[r][c]);
      if (c == naming && !anchor.empty()) text = fmt::format("<a href=\"#{}\">{}</a>", anchor, text);
      const std::string_view tag = c == naming ? "th" : "td";
      out += fmt::format("<{}{}{}{}>{}</{}>", tag, c == naming ? " scope=\"row\"" : "", number(c),
                         shade > 0 ? fmt::format(" style=\"background:rgba(var(--shade),{:.2f})\"", shade / 2)
                                   : std::string(),
                         text, tag);
    }
    out += "</tr>\n";
  }
  out += "</tbody></table></div>\n";
}

void HtmlPage::figure(const Figure& figure) {
  body() += fmt::format("<figure{}>{}</figure>\n", figure.tall ? " class=\"tall\"" : "", figure.svg);
  figure_colours_.insert(figure.colours.begin(), figure.colours.end());
}

void HtmlPage::figures(std::span<const Figure> figures) {
  body() += "<div class=\"small\">\n";
  for (const Figure& f : figures) figure(f);
  body() += "</div>\n";
}

std::vector<const HtmlPage::Section*> HtmlPage::in_order() const {
  std::vector<const Section*> all;
  for (const std::vector<Section>* part : {&front_, &rest_})
    for (const Section& s : *part) all.push_back(&s);
  return all;
}

/// Colours "aabbcc-112233" of figures are #aabbcc on a light page and #112233 on a dark one.
std::string HtmlPage::style() const {
  std::string in_light(light_colours), in_dark(dark_colours);
  for (const std::string& pair : figure_colours_) {
    in_light += fmt::format("--{}: #{}; ", pair, pair.substr(0, 6));
    in_dark += fmt::format("--{}: #{}; ", pair, pair.substr(7, 6));
  }
  if (colours_ == PageColours::dark) return fmt::format("\n:root {{ {}}}{}", in_dark, style_rules);
  std::string text = fmt::format("\n:root {{ {}}}{}", in_light, style_rules);
  if (colours_ == PageColours::system)
    text += fmt::format(
        "@media screen and (prefers-color-scheme: dark) {{\n:root {{ {}}}\n.in-light {{ display: none; }}\n"
        ".in-dark {{ display: inline; }}\n}}\n",
        in_dark);
  return text;
}

std::string HtmlPage::contents() const {
  const std::vector<const Section*> sections = in_order();
  std::string out = "<nav aria-label=\"Contents\"><ol>\n";
  for (std::size_t i = 0; i < sections.size();) {
    const auto link = [](const Section& s) {
      return fmt::format("<a href=\"#{}\">{}</a>", s.anchor, content(s.title));
    };
    std::size_t end = i + 1;
    while (end < sections.size() && sections[end]->level > 2) ++end;
    out += "<li>" + link(*sections[i]);
    const std::size_t inner = end - i - 1;
    if (inner > max_links) out += fmt::format(" ({})", inner);
    if (inner > 1 && inner <= max_links) {
      out += "\n<ol>";
      for (std::size_t k = i + 1; k < end; ++k) out += "<li>" + link(*sections[k]) + "</li>\n";
      out += "</ol>";
    }
    out += "</li>\n";
    i = end;
  }
  return out + "</ol></nav>\n";
}

std::string HtmlPage::finish(std::span<const std::string> footer) const {
  const std::string title = html_escaped(title_);
  std::string page = fmt::format(
      "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"generator\" content=\"{}\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{}</title>\n"
      "<style>{}</style>\n</head>\n<body>\n<main>\n<h1>{}</h1>\n",
      mark_value, title, style(), title);
  page += head_;
  page += contents();
  bool open = false;
  const std::vector<const Section*> sections = in_order();
  for (std::size_t i = 0; i < sections.size(); ++i) {
    const Section* const s = sections[i];
    if (s->level == 2) {
      const auto next = std::find_if(sections.begin() + static_cast<std::ptrdiff_t>(i) + 1, sections.end(),
                                     [](const Section* other) { return other->level == 2; });
      const bool many = next - sections.begin() - static_cast<std::ptrdiff_t>(i) - 1 >= many_parts;
      page +=
          fmt::format("{}<section class=\"section{}\">\n", open ? "</section>\n" : "", many ? " many" : "");
      open = true;
    }
    page +=
        fmt::format("{4}<h{0} id=\"{1}\">{2}</h{0}>\n{3}{5}", s->level, s->anchor, content(s->title), s->body,
                    s->level > 2 ? "<div class=\"part\">\n" : "", s->level > 2 ? "</div>\n" : "");
  }
  if (open) page += "</section>\n";
  page += "<footer>\n";
  for (const std::string& line : footer) page += fmt::format("<div>{}</div>\n", content(line));
  return page + "</footer>\n</main>\n</body>\n</html>\n";
}

}  // namespace nv
