// Results as an HTML page.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace nv {

/// A self-contained HTML file: no scripts, no network access, images embedded. Texts are UTF-8 and are
/// escaped. The same calls give the same bytes.
class HtmlPage {
 public:
  struct Column {
    std::string header;
    bool number = false;  ///< aligned right
  };

  /// `dark`: dark colours, as those of its figures.
  HtmlPage(std::string title, bool dark);

  void heading(std::string_view text);
  void text(std::string_view text);
  /// In a fixed-width font.
  void code(std::string_view text);
  /// `rows`: one cell per column.
  void table(std::span<const Column> columns, std::span<const std::vector<std::string>> rows);
  /// `svg`: a whole SVG file. `name`: its alternative text.
  void figure(std::string_view svg, std::string_view name);
  /// Starts a section, up to `unfold`, that is hidden until the reader opens it.
  void fold(std::string_view summary);
  void unfold();

  /// The whole file. `footer`: lines about its origin.
  std::string finish(std::span<const std::string> footer) const;

 private:
  std::string title_, body_;
  bool dark_;
};

/// Replaces &, <, > and quotes by entities.
std::string html_escaped(std::string_view text);

}  // namespace nv
