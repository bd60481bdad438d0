#include "shared/report_page.h"

#include "nv/core/text.h"
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
  page_.emplace(title, render::luminance(style.theme.background) < 0.5);
  page_->code(style.command);
  sources_ = std::move(sources);
}

void ReportPage::heading(const std::string& text) {
  if (page_) page_->heading(text);
}

void ReportPage::text(const std::string& text) {
  if (page_ && !text.empty()) page_->text(text);
}

void ReportPage::table(const Table& table) {
  if (!page_ || table.rows().empty()) return;
  std::vector<HtmlPage::Column> columns;
  for (const auto& [header, align] : table.columns())
    columns.push_back({fmt::format("{}", fmt::join(split(header, '\n'), " ")), align == Table::Align::right});
  page_->table(columns, table.rows());
}

void ReportPage::sheets(std::span<const NamedSheet> sheets, const std::string& others, ThreadPool& pool) {
  if (!page_ || sheets.empty()) return;
  const Stage stage("drawing");
  std::vector<Bytes> drawn(sheets.size());
  pool.for_each(static_cast<std::int64_t>(sheets.size()), [&](std::int64_t job) {
    const auto i = static_cast<std::size_t>(job);
    drawn[i] = picture(sheets[i].compose, render::PictureFormat::svg, sheets[i].title, {}, style_);
  });
  const auto text_of = [](const Bytes& bytes) {
    return std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  };
  page_->figure(text_of(drawn[0]), sheets[0].title);
  if (sheets.size() == 1) return;
  page_->fold(others);
  for (std::size_t i = 1; i < sheets.size(); ++i) page_->figure(text_of(drawn[i]), sheets[i].title);
  page_->unfold();
}

void ReportPage::finish() const {
  if (!page_) return;
  std::vector<std::string> footer{"made by nv " NV_VERSION};
  footer.insert(footer.end(), sources_.begin(), sources_.end());
  write_named_file(file_, page_->finish(footer), force_);
}

}  // namespace nv
