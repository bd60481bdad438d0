#include "nv/figures/explanation/tile_layout.h"

#include <algorithm>
#include <cmath>

#include "nv/core/text.h"

namespace nv::figures {

using namespace render;

namespace {

constexpr double name_height = 16, line_height = 14, below_name = 6, above_words = 15, below = 10;
constexpr std::size_t most_names = 2, most_words = 5;
/// Sides of tiles: with sentences below them, and with a few words.
constexpr double least_side = 84, least_with_short_words = 56;
constexpr std::size_t short_words = 24;  // letters

/// `text` in a few lines, broken at spaces and after hyphens.
std::vector<std::string> broken(const Font& font, const std::string& text, double size, double room) {
  std::vector<std::string> lines(1);
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find_first_of("- ", at), text.size() - 1) + 1;
    const std::string part = text.substr(at, end - at);
    if (!lines.back().empty() && lines.size() < most_names &&
        font.width(trim(lines.back() + part), size) > room)
      lines.emplace_back();
    lines.back() += part;
    at = end;
  }
  for (std::string& line : lines) line = trim(line);
  return lines;
}

bool has_short_words(const std::vector<Tile>& tiles) {
  return std::ranges::all_of(tiles, [](const Tile& tile) {
    return std::ranges::all_of(tile.words, [](const std::string& w) { return w.size() <= short_words; });
  });
}

}  // namespace

TileLayout::TileLayout(const Sheet& sheet, const std::vector<Tile>& tiles, const TileRoom& room)
    : sheet_(sheet), tiles_(tiles), gap_(std::clamp(std::floor(room.width / 40), 12.0, 24.0)) {
  choose(room);
}

double TileLayout::side_of(int columns, const TileRoom& room) const {
  return (room.width - (columns - 1) * gap_) / columns;
}

void TileLayout::choose(const TileRoom& room) {
  if (room.per_row > 0 && side_of(room.per_row + 1, room) >= least_side) {
    by_rows_ = true;
    return set(room.per_row + 1, room);
  }
  const auto count = static_cast<int>(tiles_.size());
  int columns = count <= 5 ? count : static_cast<int>(std::ceil(std::sqrt(1.6 * count)));
  while (columns > 1 && side_of(columns, room) < least_side) --columns;
  // No row is much shorter than the others.
  const auto even = [&](int c) {
    const int rows = (count + c - 1) / c;
    return (count + rows - 1) / rows;
  };
  set(even(columns), room);
  const double least = has_short_words(tiles_) ? least_with_short_words : least_side;
  while (room.height > 0 && height() > room.height && columns < count && side_of(columns + 1, room) >= least)
    set(even(++columns), room);
}

void TileLayout::set(int columns, const TileRoom& room) {
  columns_ = columns;
  side_ = std::clamp(side_of(columns, room), 1.0, room.most);
  picture_height_ = shown_in(tiles_[0].picture, side_, side_, sheet_.grain).bitmap.height();
  letters_.clear();
  rows_.assign(static_cast<std::size_t>(place(tiles_.size() - 1).first) + 1, {});
  for (std::size_t i = 0; i < tiles_.size(); ++i) {
    const auto [row, column] = place(i);
    letters_.push_back(letters_of(tiles_[i], column));
    Row& r = rows_[static_cast<std::size_t>(row)];
    r.names = std::max(r.names, letters_.back().name.size());
    r.words = std::max(r.words, letters_.back().words.size());
  }
}

std::pair<int, int> TileLayout::place(std::size_t tile) const {
  const auto i = static_cast<int>(tile);
  if (!by_rows_ || i == 0) return {i / columns_, i % columns_};
  return {(i - 1) / (columns_ - 1), 1 + (i - 1) % (columns_ - 1)};
}

TileLayout::Letters TileLayout::letters_of(const Tile& tile, int column) const {
  // An outer tile has one neighbour, from which it gets half of the gap.
  const bool outer = column == 0 || column == columns_ - 1;
  const double room = side_ + (columns_ == 1 ? 0 : outer ? gap_ / 2 - 2 : gap_ - 4);
  Letters letters;
  const auto fits = [&](const std::string& line) {
    return sheet_.font.width(line, letters.name_size) <= room;
  };
  for (const double size : {text_size, small_size}) {
    letters.name_size = size;
    letters.name = broken(sheet_.font, one_line(tile.name), size, room);
    if (std::ranges::all_of(letters.name, fits)) break;
  }
  for (std::string& line : letters.name) line = sheet_.font.fitted(line, letters.name_size, room);
  for (const std::string& words : tile.words)
    for (std::string& line : wrapped(sheet_.font, one_line(words), small_size, room))
      letters.words.push_back(std::move(line));
  letters.words.resize(std::min(letters.words.size(), most_words));
  return letters;
}

double TileLayout::above(const Row& row) {
  return name_height * static_cast<double>(row.names) + below_name;
}

double TileLayout::height_of(const Row& row) const {
  const auto words = static_cast<double>(row.words);
  return above(row) + picture_height_ + (words > 0 ? above_words + (words - 1) * line_height : 0) + below;
}

double TileLayout::height() const {
  double sum = 0;
  for (const Row& row : rows_) sum += height_of(row);
  return sum;
}

void TileLayout::draw(Sheet& sheet, std::size_t tile, const Row& row, Point at) const {
  // The middle of the picture, unless the text would leave the page.
  const auto put = [&](double y, const std::string& line, double size, Rgb colour) {
    const double half = sheet.font.width(line, size) / 2, least = sheet.margin + half,
                 most = sheet.scene.width - sheet.margin - half, middle = at.x + side_ / 2;
    sheet.put(least < most ? std::clamp(middle, least, most) : middle, y, line, size, colour, Anchor::middle);
  };
  const Letters& letters = letters_[tile];
  double y = at.y + above(row) - below_name - name_height * static_cast<double>(letters.name.size() - 1);
  for (const std::string& line : letters.name) {
    put(y, line, letters.name_size, sheet.theme.ink);
    y += name_height;
  }
  Shown shown = shown_in(tiles_[tile].picture, side_, side_, sheet.grain);
  shown.bitmap.x = std::round(at.x + (side_ - shown.bitmap.width()) / 2);
  shown.bitmap.y = at.y + above(row);
  shown.bitmap.frame = sheet.hairline();
  y = shown.bitmap.y + shown.bitmap.height() + above_words;
  sheet.scene.add(std::move(shown.bitmap));
  for (const std::string& line : letters.words) {
    put(y, line, small_size, sheet.theme.muted);
    y += line_height;
  }
}

void TileLayout::draw(Sheet& sheet, double left, double top) const {
  for (std::size_t i = 0; i < tiles_.size(); ++i) {
    const auto [row, column] = place(i);
    double y = top;
    for (int r = 0; r < row; ++r) y += height_of(rows_[static_cast<std::size_t>(r)]);
    draw(sheet, i, rows_[static_cast<std::size_t>(row)], {left + column * (side_ + gap_), std::round(y)});
  }
}

}  // namespace nv::figures
