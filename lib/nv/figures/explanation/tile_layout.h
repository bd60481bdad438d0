// Pictures of one size in rows, each with its name above and some lines below.
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "nv/render/charts/pixel_grid.h"
#include "nv/render/scene/sheet.h"

namespace nv::figures {

struct Tile {
  std::string name;
  std::vector<std::string> words;  ///< below the picture; long ones are broken
  render::PixelGrid picture;
};

/// What the tiles have to share. px.
struct TileRoom {
  double width = 0, height = 0;  ///< height 0: any
  double most = 0;               ///< side of a tile
  int per_row = 0;               ///< tiles of a row beside the first, which stands alone; 0: as many as fit
};

class TileLayout {
 public:
  /// As large as fits the width; smaller if that makes them fit the height, too, and the words remain
  /// legible. There is at least one tile. The arguments must outlive it.
  TileLayout(const render::Sheet& sheet, const std::vector<Tile>& tiles, const TileRoom& room);

  double width() const { return columns_ * side_ + (columns_ - 1) * gap_; }
  double height() const;
  /// Of the pictures, whose first row begins `first_picture` below the top.
  double picture_height() const { return picture_height_; }
  double first_picture() const { return above(rows_[0]); }
  /// From (left, top); no text leaves the sheet's margins.
  void draw(render::Sheet& sheet, double left, double top) const;

 private:
  /// Lines of a tile, or the most of a row.
  struct Letters {
    std::vector<std::string> name = {}, words = {};
    double name_size = 0;
  };
  struct Row {
    std::size_t names = 0, words = 0;
  };

  void choose(const TileRoom& room);
  void set(int columns, const TileRoom& room);
  double side_of(int columns, const TileRoom& room) const;
  /// Row and column of a tile.
  std::pair<int, int> place(std::size_t tile) const;
  Letters letters_of(const Tile& tile, int column) const;
  static double above(const Row& row);
  double height_of(const Row& row) const;
  void draw(render::Sheet& sheet, std::size_t tile, const Row& row, render::Point at) const;

  const render::Sheet& sheet_;
  const std::vector<Tile>& tiles_;
  double gap_;
  int columns_ = 1;
  double side_ = 0, picture_height_ = 0;
  bool by_rows_ = false;  ///< the first column holds the first tile alone
  std::vector<Letters> letters_;
  std::vector<Row> rows_;
};

}  // namespace nv::figures
