#include "nv/render/scene/scene.h"

#include <utility>

namespace nv::render {

namespace {

struct Move {
  double x, y;

  template <typename Boxed>
  void operator()(Boxed& item) const {
    item.x += x;
    item.y += y;
  }
  void operator()(Polyline& item) const { points(item.points); }
  void operator()(Polygon& item) const { points(item.points); }

  void points(std::vector<Point>& all) const {
    for (Point& p : all) {
      p.x += x;
      p.y += y;
    }
  }
};

}  // namespace

void Scene::fill(double x, double y, double w, double h, Rgb colour) {
  add(Rect{x, y, w, h, colour, std::nullopt});
}

void Scene::outline(double x, double y, double w, double h, const Stroke& stroke) {
  add(Rect{x, y, w, h, std::nullopt, stroke});
}

void Scene::line(Point from, Point to, const Stroke& stroke) {
  add(Polyline{{from, to}, stroke});
}

void Scene::polyline(std::vector<Point> points, const Stroke& stroke) {
  add(Polyline{std::move(points), stroke});
}

void Scene::polygon(std::vector<Point> points, Rgb fill) {
  add(Polygon{std::move(points), fill, std::nullopt, 1});
}

void Scene::text(Text item) {
  add(std::move(item));
}

void Scene::append(const Scene& other, double x, double y) {
  items.reserve(items.size() + other.items.size());
  for (Item item : other.items) {
    std::visit(Move{x, y}, item);
    items.push_back(std::move(item));
  }
}

}  // namespace nv::render
