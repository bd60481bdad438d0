#include "shared/report_page.h"

#include <algorithm>

#include "nv/core/text.h"
#include "nv/render/backends/svg.h"
#include "shared/named_file.h"
#include "shared/stage.h"

namespace nv {

void ReportPage::declare(const OptionGroup& group) {
  group.add("--html", file_, "FILE", "Write all tables and sheets as one HTML page");
}

void ReportPage::begin(const std::string& title, const SheetStyle& style, std::vector<std::string> sources) {
  if (!wanted()) return;
  check_named_file(file_, force_);
  style_ = style;
  style_.print = {};  // a page has no print size
  style_.print.font_scale = style.print.font_scale;
  style_.print.fallback = style.print.fallback;
  in_two_themes_ = !style.theme_chosen;
  page_.emplace(title, in_two_themes_                                    ? PageColours::system
                       : render::luminance(style.theme.background) < 0.5 ? PageColours::dark
                                                                         : PageColours::light);
  page_->code(style.command);
  sources_ = std::move(sources);
}

void ReportPage::set_front(bool front) {
  if (page_) page_->set_front(front);
}

std::string ReportPage::section(const std::string& title, int level) {
  return page_ ? page_->section(title, level) : "";
}

void ReportPage::text(const std::string& text) {
  if (page_ && !text.empty()) page_->text(text);
}

void ReportPage::note(const std::string& text) {
  if (page_ && !text.empty()) page_->note(text);
}

void ReportPage::facts(const Facts& facts) {
  if (page_ && !facts.empty()) page_->facts(facts);
}

void ReportPage::table(const Table& table, const HtmlPage::TableMarks& marks) {
  if (!page_ || table.rows().empty()) return;
  std::vector<HtmlPage::Column> columns;
  for (const auto& [header, align] : table.columns())
    columns.push_back({fmt::format("{}", fmt::join(split(header, '\n'), " ")), align == Table::Align::right});
  page_->table(columns, table.rows(), marks);
}

std::vector<HtmlPage::Figure> ReportPage::draw(std::span<const NamedSheet> sheets, ThreadPool& pool) const {
  std::vector<HtmlPage::Figure> figures(sheets.size());
  const Stage stage("drawing");
  pool.for_each(static_cast<std::int64_t>(sheets.size()), [&](std::int64_t job) {
    const auto i = static_cast<std::size_t>(job);
    const auto in_theme = [&](const render::Theme& theme) {
      figures::Style style = style_;
      style.theme = theme;
      return printed(sheets[i].in(style), style_.print);
    };
    const render::Printed sheet = in_theme(style_.theme);
    const std::optional<render::Printed> dark =
        in_two_themes_ ? std::optional(in_theme(render::Theme::dark())) : std::nullopt;
    render::InlineSvg svg =
        encode_inline_svg(sheet.scene, dark ? &dark->scene : nullptr, sheet.width, sheets[i].title);
    figures[i] = {std::move(svg.text), std::move(svg.colours), sheet.scene.height > sheet.scene.width};
  });
  return figures;
}

bool ReportPage::add(const HtmlPage::Figure& figure, std::size_t bytes) {
  if (!page_ || figure.svg.size() > std::min(bytes, room())) return false;
  used_ += figure.svg.size();
  page_->figure(figure);
  return true;
}

std::size_t ReportPage::add_small(std::span<const HtmlPage::Figure> figures) {
  std::size_t count = 0;
  for (std::size_t left = room(); count < figures.size() && figures[count].svg.size() <= left; ++count)
    left -= figures[count].svg.size();
  if (!page_ || count == 0) return 0;
  for (const HtmlPage::Figure& figure : figures.first(count)) used_ += figure.svg.size();
  page_->figures(figures.first(count));
  return count;
}

void ReportPage::count(const std::string& what, std::size_t shown, std::size_t of) {
  auto at = std::ranges::find(counts_, what, &Count::what);
  if (at == counts_.end()) at = counts_.insert(at, {what, 0, 0});
  at->shown += shown;
  at->of += of;
}

std::size_t ReportPage::figures(std::span<const NamedSheet> sheets, const std::string& what, Room room,
                                ThreadPool& pool) {
  if (!page_ || sheets.empty()) return 0;
  std::size_t left = std::min(room.bytes, this->room());
  std::vector<HtmlPage::Figure> fitting;
  // A few at a time, since most of them may not fit.
  const std::size_t at_once = 2 * static_cast<std::size_t>(pool.threads());
  for (bool fits = true; fits && fitting.size() < sheets.size();) {
    const std::size_t first = fitting.size();
    for (HtmlPage::Figure& figure :
         draw(sheets.subspan(first, std::min(at_once, sheets.size() - first)), pool)) {
      fits = figure.svg.size() <= left;
      if (!fits) break;
      left -= figure.svg.size();
      fitting.push_back(std::move(figure));
    }
  }
  if (room.all && fitting.size() < sheets.size()) fitting.clear();
  for (const HtmlPage::Figure& figure : fitting) add(figure, this->room());
  count(what, fitting.size(), sheets.size());
  return fitting.size();
}

void ReportPage::finish() {
  if (!page_) return;
  for (const Count& c : counts_)
    if (c.shown < c.of)
      page_->note_at_top(fmt::format(
          "{} of {} {} are on this page, to keep it small; -o DIR writes all of them.",
          thousands(static_cast<std::int64_t>(c.shown)), thousands(static_cast<std::int64_t>(c.of)), c.what));
  std::vector<std::string> footer{"made by nv " NV_VERSION};
  footer.insert(footer.end(), sources_.begin(), sources_.end());
  write_named_file(file_, page_->finish(footer), force_);
}

}  // namespace nv
