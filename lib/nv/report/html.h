// A result as a page that people read and pass on.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace nv {

/// One HTML file that loads nothing: no script, no network, its pictures inside. All texts are UTF-8 and are
/// escaped. The same calls give the same bytes.
class HtmlPage {
 public:
  struct Column {
    std::string header;
    bool number = false;  ///< set to the right
  };

  /// `dark`: as the pictures on it are.
  HtmlPage(std::string title, bool dark);

  void heading(std::string_view text);
  void text(std::string_view text);
  /// As typed, in a fixed width.
  void code(std::string_view text);
  /// A cell a column in each row.
  void table(std::span<const Column> columns, std::span<const std::vector<std::string>> rows);
  /// A picture, `svg` a whole SVG file, with its name for those who do not see it.
  void figure(std::string_view svg, std::string_view name);
  /// What follows is hidden until the reader opens it, up to `unfold`.
  void fold(std::string_view summary);
  void unfold();

  /// The file. `footer`: where it comes from, a line each.
  std::string finish(std::span<const std::string> footer) const;

 private:
  std::string title_, body_;
  bool dark_;
};

/// With &, <, > and quotes as entities.
std::string html_escaped(std::string_view text);

}  // namespace nv
