// Single pixel: sets one pixel to the smallest or largest value, in random order of pixels.
#include <algorithm>
#include <numeric>
#include <utility>

#include "nv/analysis/attacks/list.h"
#include "nv/analysis/attacks/pixels.h"

namespace nv::attacks {

namespace {

std::vector<Parameter> single_pixel_parameters(Norm) {
  return {whole("tries", 1000, 1, 1e9, "pixels to try, in random order")};
}

Task<Point> run_single_pixel(Attempt& a) {
  const Pixels pixels(a.layout());
  std::vector<std::int64_t> order(static_cast<std::size_t>(pixels.count()));
  std::iota(order.begin(), order.end(), 0);
  for (std::size_t i = order.size(); i-- > 1;)
    std::swap(order[i], order[static_cast<std::size_t>(a.random().below(static_cast<std::int64_t>(i) + 1))]);
  order.resize(std::min(order.size(), static_cast<std::size_t>(a.count("tries"))));
  for (const std::int64_t pixel : order)
    for (const float value : {a.bounds().low, a.bounds().high}) {
      Point x = a.original();
      for (std::int64_t c = 0; c < pixels.channels(); ++c) x[pixels.at(pixel, c)] = value;
      const Answer answer = co_await a.query(x);
      if (answer.adversarial) co_return x;
    }
  co_return a.original();
}

}  // namespace

Method single_pixel() {
  Method m;
  m.name = "single-pixel";
  m.summary = "sets one pixel to the smallest or the largest value";
  m.reference = "Narodytska & Kasiviswanathan 2016, arXiv:1612.06299; Foolbox 1";
  m.group = Group::score_based;
  m.scope = Scope::minimum_norm;
  m.norms = {Norm::l0};
  m.parameters = single_pixel_parameters;
  m.random = true;
  m.gradients = false;
  m.run = run_single_pixel;
  return m;
}

}  // namespace nv::attacks
