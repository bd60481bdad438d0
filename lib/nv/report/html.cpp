#include "nv/report/html.h"

#include <fmt/format.h>

#include "nv/core/base64.h"
#include "nv/core/mark.h"
#include "nv/core/text.h"
#include "nv/core/xml.h"

namespace nv {

namespace {

constexpr std::string_view style = R"(
:root { --back: #fff; --ink: #16181d; --muted: #5b6270; --line: #d5d9e0; --panel: #f4f6f9; }
.dark { --back: #14171c; --ink: #e8eaee; --muted: #a2a9b5; --line: #353b45; --panel: #1d2128; }
body { margin: 0; background: var(--back); color: var(--ink);
  font: 15px/1.5 "Liberation Sans", Arial, Helvetica, sans-serif; }
main { max-width: 1180px; margin: 0 auto; padding: 24px; }
h1 { font-size: 26px; margin: 0 0 4px; overflow-wrap: anywhere; }
h2 { font-size: 19px; margin: 36px 0 6px; padding-top: 14px; border-top: 1px solid var(--line);
  overflow-wrap: anywhere; }
p { margin: 4px 0; }
pre { background: var(--panel); padding: 8px 12px; overflow-x: auto; font: 13px/1.5 monospace; margin: 8px 0; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; margin: 10px 0; font-size: 13.5px; font-variant-numeric: tabular-nums; }
th, td { padding: 3px 14px 3px 0; text-align: left; vertical-align: top; white-space: nowrap; }
th { border-bottom: 1px solid var(--line); position: sticky; top: 0; background: var(--back); }
.number { text-align: right; }
figure { margin: 12px 0; overflow-x: auto; }
figure img { max-width: 100%; height: auto; display: block; }
details { margin: 10px 0; }
summary { cursor: pointer; color: var(--muted); }
footer { margin-top: 40px; border-top: 1px solid var(--line); padding-top: 10px; color: var(--muted);
  font-size: 12.5px; overflow-wrap: anywhere; }
@media print { details > * { display: block; } th { position: static; } figure { break-inside: avoid; } }
)";

}  // namespace

std::string html_escaped(std::string_view text) {
  return xml_escaped(printable(text), true);
}

HtmlPage::HtmlPage(std::string title, bool dark) : title_(std::move(title)), dark_(dark) {}

void HtmlPage::heading(std::string_view text) {
  body_ += fmt::format("<h2>{}</h2>\n", html_escaped(text));
}

void HtmlPage::text(std::string_view text) {
  body_ += fmt::format("<p>{}</p>\n", html_escaped(text));
}

void HtmlPage::code(std::string_view text) {
  body_ += fmt::format("<pre>{}</pre>\n", html_escaped(text));
}

void HtmlPage::table(std::span<const Column> columns, std::span<const std::vector<std::string>> rows) {
  const auto cell = [&](std::string_view tag, std::size_t column, std::string_view text) {
    body_ += fmt::format("<{0}{1}>{2}</{0}>", tag, columns[column].number ? " class=\"number\"" : "",
                         html_escaped(text));
  };
  body_ += "<div class=\"wide\"><table>\n<tr>";
  for (std::size_t c = 0; c < columns.size(); ++c) cell("th", c, columns[c].header);
  body_ += "</tr>\n";
  for (const std::vector<std::string>& row : rows) {
    body_ += "<tr>";
    for (std::size_t c = 0; c < columns.size(); ++c) cell("td", c, row[c]);
    body_ += "</tr>\n";
  }
  body_ += "</table></div>\n";
}

void HtmlPage::figure(std::string_view svg, std::string_view name) {
  body_ += fmt::format("<figure><img alt=\"{}\" src=\"data:image/svg+xml;base64,{}\"></figure>\n",
                       html_escaped(name), base64(std::as_bytes(std::span(svg))));
}

void HtmlPage::fold(std::string_view summary) {
  body_ += fmt::format("<details><summary>{}</summary>\n", html_escaped(summary));
}

void HtmlPage::unfold() {
  body_ += "</details>\n";
}

std::string HtmlPage::finish(std::span<const std::string> footer) const {
  const std::string title = html_escaped(title_);
  std::string page = fmt::format(
      "<!doctype html>\n<html lang=\"en\"{}>\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"generator\" content=\"{}\">\n"
      "<meta name=\"viewport\" content=\"width=device-width\">\n<title>{}</title>\n<style>{}</style>\n"
      "</head>\n<body>\n<main>\n<h1>{}</h1>\n",
      dark_ ? " class=\"dark\"" : "", mark_value, title, style, title);
  page += body_ + "<footer>\n";
  for (const std::string& line : footer) page += fmt::format("<div>{}</div>\n", html_escaped(line));
  return page + "</footer>\n</main>\n</body>\n</html>\n";
}

}  // namespace nv
