// Parts that figures share: heading, colour bar, index labels, legend. For code that composes figures.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "nv/render/scene/font.h"
#include "nv/render/scene/heading.h"
#include "nv/render/scene/scale.h"
#include "nv/render/scene/scene.h"
#include "nv/render/scene/theme.h"

namespace nv::render {

constexpr double text_size = 13;     ///< px, of running text
constexpr double small_size = 11;    ///< px, of numbers and legends
constexpr double least_width = 460;  ///< px, of a figure, so that its heading fits

/// A scene that is being composed, with its font and colours.
struct Sheet {
  Scene scene;
  Font font;
  Theme theme;
  double margin;
  double grain;

  Sheet(const Theme& colours, const Page& page)
      : font(page.fallback), theme(colours), margin(page.margin), grain(page.grain) {
    scene.background = colours.background;
    scene.fallback = page.fallback;
  }

  void put(double x, double y, std::string text, double size, Rgb colour, Anchor anchor = Anchor::start,
           FontWeight weight = FontWeight::regular) {
    scene.text({x, y, std::move(text), size, colour, anchor, weight, Turn::none});
  }
  Stroke hairline() const { return {theme.frame, 1, 0}; }
};

/// `text` broken between words, and beside Chinese and Japanese letters, into lines of at most `width` px; a
/// longer word is cut.
std::vector<std::string> wrapped(const Font& font, std::string_view text, double size, double width);

/// Title, source, kind and shape (at most 3 lines), caption (at most 8); returns the y below. Only a margin
/// unless `page.title`.
double add_heading(Sheet& sheet, const Heading& heading, const Page& page, double width);

/// px between a plot and its colour bar.
inline constexpr double colour_bar_gap = 22;
/// A vertical colour bar with ticks on its right, and its meaning along them.
struct ColourBar {
  ValueScale scale;
  std::string meaning;
  bool own_scales = false;  ///< ScaleMode::separate: the ends are labelled "min" and "max"
  bool empty = false;       ///< there was no finite number
};
/// Width in px of the bar with its ticks and meaning.
double colour_bar_width(const Sheet& sheet, const ColourBar& bar);
void add_colour_bar(Sheet& sheet, const ColourBar& bar, double x, double y, double height);

/// Explanations of marks, and remarks, below the figure.
struct Legend {
  enum class Mark { none, dead, frozen, bad, swatch };
  struct Entry {
    Mark mark;
    std::string text;
    Rgb colour = {};  ///< of a swatch
  };
  std::vector<Entry> entries;

  void add(std::string text) { entries.push_back({Mark::none, std::move(text)}); }
};

/// Entries in sequence, wrapped to `width`, from the line below `y`; returns the y below.
double add_legend(Sheet& sheet, const Legend& legend, double x, double y, double width);

/// A rectangle in the grey of frozen channels, crossed out.
void add_frozen(Sheet& sheet, double x, double y, double width, double height);

/// The head of an arrow that points down (dx = 0, dy = 1) or to the right (1, 0), 6 px long and `width` px
/// wide.
void add_arrow_head(Sheet& sheet, Point tip, double dx, double dy, double width, Rgb colour);

/// A matrix of equal cells with the indices of its rows at the left and of its columns on top.
struct Axes {
  double x = 0, y = 0;  ///< of the first cell
  int columns = 0, rows = 0;
  double column_step = 1, row_step = 1;  ///< px
  int row_first = 0, row_increment = 1;  ///< the number beside row r is row_first + r * row_increment
};
/// Draws the indices: at the left of the cells, and in the `index_height` px above them.
void add_indices(Sheet& sheet, const Axes& axes);
/// Width in px that add_indices needs at the left.
double index_width(const Sheet& sheet, const Axes& axes);
constexpr double index_height = 16;

/// "3, 5, 8, …": the first `most` numbers.
std::string listed(std::span<const int> numbers, std::size_t most = 12);

/// "min 0 · max 1.54 · 12 of 4704 not finite".
std::string range_text(const Range& range);

}  // namespace nv::render
