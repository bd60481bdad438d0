// --html FILE: tables and figures of a command on one page.
#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "nv/report/html.h"
#include "shared/console.h"
#include "shared/option_set.h"
#include "shared/sheet_files.h"

namespace nv {

/// a - b; 0 where b is larger.
constexpr std::size_t difference_or_zero(std::size_t a, std::size_t b) {
  return a - std::min(a, b);
}

/// Does nothing if --html is not given. A page has room for 4.5 MB of figures, so that it opens quickly and
/// can be sent; those that do not fit are counted at its top. The page is kept in memory and written at the
/// end, at once.
class ReportPage {
 public:
  using Facts = std::vector<std::pair<std::string, std::string>>;

  void declare(const OptionGroup& group);
  /// With `force` replaces a file that nv did not write.
  void set_force(bool force) { force_ = force; }
  bool wanted() const { return !file_.empty(); }
  const std::string& file() const { return file_; }

  /// `sources`: names and hashes of the input files. Throws Error(output) if a file exists that must not be
  /// replaced.
  void begin(const std::string& title, const SheetStyle& style, std::vector<std::string> sources);

  /// Sections go to the end of the page, or to the end of what comes before it: a summary.
  void set_front(bool front);
  /// Begins a section of level 2, or 3 inside it. Returns its anchor; "" without a page.
  std::string section(const std::string& title, int level = 2);
  void text(const std::string& text);
  void note(const std::string& text);
  void facts(const Facts& facts);
  /// A table without rows is left out.
  void table(const Table& table, const HtmlPage::TableMarks& marks = {});

  /// Figures of a page, which share its room.
  struct Room {
    std::size_t bytes = 0;  ///< for the figures together
    bool all = false;       ///< all of them or none, else as many as fit, in their order
  };
  /// The rest of the page's room.
  std::size_t room() const { return difference_or_zero(max_figure_bytes, used_); }
  /// Adds figures, drawn in parallel. `what` names them where those left out are counted: "sheets of layers".
  /// Returns the number that was added.
  std::size_t figures(std::span<const NamedSheet> sheets, const std::string& what, Room room,
                      ThreadPool& pool);
  /// Draws figures, without adding them.
  std::vector<HtmlPage::Figure> draw(std::span<const NamedSheet> sheets, ThreadPool& pool) const;
  /// Adds a drawn figure if it fits into `bytes`; returns whether it does.
  bool add(const HtmlPage::Figure& figure, std::size_t bytes);
  /// Adds as many figures as fit, side by side where there is width. Returns their number.
  std::size_t add_small(std::span<const HtmlPage::Figure> figures);
  /// Counts figures: `shown` of `of` are on the page.
  void count(const std::string& what, std::size_t shown, std::size_t of);

  /// Writes the file. Throws Error(output).
  void finish();

 private:
  static constexpr std::size_t max_figure_bytes = 4'500'000;
  struct Count {
    std::string what;
    std::size_t shown = 0, of = 0;
  };

  std::string file_;
  bool force_ = false;
  std::optional<HtmlPage> page_;
  SheetStyle style_;
  bool in_two_themes_ = true;
  std::size_t used_ = 0;  ///< bytes of figures
  std::vector<Count> counts_;
  std::vector<std::string> sources_;
};

}  // namespace nv
