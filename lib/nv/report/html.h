// Results as an HTML page.
#pragma once

#include <cstddef>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace nv {

/// Colours of a page: those that the reader's system prefers, or fixed ones.
enum class PageColours { system, light, dark };

/// A self-contained HTML file: no scripts, no network access, figures inside, nothing hidden. It begins with
/// a table of contents; each section has an anchor. Texts are UTF-8 and are escaped. The same calls give the
/// same bytes.
class HtmlPage {
 public:
  struct Column {
    std::string header;
    bool number = false;  ///< aligned right
  };
  /// What a table has in addition to its texts.
  struct TableMarks {
    std::string caption;
    std::vector<std::string> anchors;         ///< per row: the section that its first text links to, or ""
    std::vector<std::vector<double>> shades;  ///< per row and column, from 0 to 1; may be empty
  };
  /// A drawing as an SVG element.
  struct Figure {
    std::string svg;
    std::set<std::string> colours;  ///< of InlineSvg
    bool tall = false;              ///< needs a whole page in print
  };

  HtmlPage(std::string title, PageColours colours);

  /// Begins a section of level 2, or of level 3 inside it. What follows is in it. Returns its anchor, made
  /// from the title.
  std::string section(std::string_view title, int level = 2);
  /// Whether sections that begin from now on come before the others, as a summary does that is known last.
  void set_front(bool front) { front_wanted_ = front; }

  /// A remark above the table of contents.
  void note_at_top(std::string_view text);
  void text(std::string_view text);
  /// A remark, in a weaker colour.
  void note(std::string_view text);
  /// In a fixed-width font.
  void code(std::string_view text);
  /// Names and values, side by side.
  void facts(std::span<const std::pair<std::string, std::string>> facts);
  /// `rows`: one cell per column.
  void table(std::span<const Column> columns, std::span<const std::vector<std::string>> rows,
             const TableMarks& marks = {});
  void figure(const Figure& figure);
  /// Figures side by side, where there is width for two.
  void figures(std::span<const Figure> figures);

  /// The whole file. `footer`: lines about its origin.
  std::string finish(std::span<const std::string> footer) const;

 private:
  struct Section {
    std::string title, anchor, body;
    int level = 2;
  };

  std::string& body();  ///< to which contents are added
  std::string unused_anchor(std::string_view title);
  std::vector<const Section*> in_order() const;
  std::string style() const;
  std::string contents() const;

  std::string title_, head_;  ///< head_: what comes before the first section
  PageColours colours_;
  std::vector<Section> front_, rest_;
  bool front_wanted_ = false;
  std::set<std::string> anchors_, figure_colours_;
};

/// Replaces &, <, > and quotes by entities.
std::string html_escaped(std::string_view text);

}  // namespace nv
