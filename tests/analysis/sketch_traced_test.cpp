// Digits that are traced as strokes and drawn again keep their class.
#include <doctest/doctest.h>

#include <array>

#include "analysis/attacks/support.h"
#include "nv/data/sketch.h"

namespace nv {
namespace {

/// Zhang and Suen's thinning (1984) of a picture's ink, one pixel per cell.
class Skeleton {
 public:
  explicit Skeleton(const Tensor& digit) {
    for (std::int64_t i = 0; i < side * side; ++i)
      if (digit[i] > 0.4F) ink_[static_cast<std::size_t>(i)] = true;
    while (thin(false) | thin(true)) {
    }
  }

  /// A line from each pixel to each neighbour, and a dot for a single pixel.
  std::vector<Stroke> strokes() const {
    std::vector<Stroke> strokes;
    for (int r = 0; r < side; ++r)
      for (int c = 0; c < side; ++c) {
        if (!at(r, c)) continue;
        strokes.push_back({point(r, c)});
        for (const auto& [dr, dc] : {std::pair{0, 1}, {1, 0}, {1, 1}, {1, -1}})
          if (at(r + dr, c + dc)) strokes.push_back({point(r, c), point(r + dr, c + dc)});
      }
    return strokes;
  }

 private:
  static constexpr int side = 28;

  bool at(int r, int c) const {
    return r >= 0 && c >= 0 && r < side && c < side && ink_[static_cast<std::size_t>(r * side + c)];
  }
  static SketchPoint point(int r, int c) { return {(c + 0.5) / side, (r + 0.5) / side}; }

  bool thin(bool second) {
    std::vector<std::size_t> removed;
    for (int r = 0; r < side; ++r)
      for (int c = 0; c < side; ++c)
        if (at(r, c) && is_removable(r, c, second)) removed.push_back(static_cast<std::size_t>(r * side + c));
    for (const std::size_t i : removed) ink_[i] = false;
    return !removed.empty();
  }

  bool is_removable(int r, int c, bool second) const {
    // Clockwise from the pixel above.
    const std::array<bool, 8> p{at(r - 1, c), at(r - 1, c + 1), at(r, c + 1), at(r + 1, c + 1),
                                at(r + 1, c), at(r + 1, c - 1), at(r, c - 1), at(r - 1, c - 1)};
    int neighbours = 0, changes = 0;
    for (std::size_t k = 0; k < 8; ++k) {
      neighbours += p[k] ? 1 : 0;
      changes += !p[k] && p[(k + 1) % 8] ? 1 : 0;
    }
    if (neighbours < 2 || neighbours > 6 || changes != 1) return false;
    return second ? !(p[0] && p[2] && p[6]) && !(p[0] && p[4] && p[6])
                  : !(p[0] && p[2] && p[4]) && !(p[2] && p[4] && p[6]);
  }

  std::array<bool, static_cast<std::size_t>(side) * side> ink_{};
};

std::int64_t class_of(Engine& engine, const Tensor& digit) {
  const OutputKind output = *classifier_of(output_kinds(engine.model(), engine.structure()));
  const Tensor scores = run_output(engine, output, std::vector{stack({&digit, 1})});
  return predict(scores.item(0).values(), output.activation, {})->index;
}

}  // namespace

TEST_CASE("sketch: a digit that is traced, drawn and centred keeps its class for 95 of 100") {
  Engine engine = test::lenet();
  const InputList digits =
      expand_inputs(std::vector<std::string>{NV_EXAMPLES "/idx/kept-images-idx3-ubyte.gz#0-199"}, {},
                    std::vector{test::digit_spec});
  REQUIRE(digits.size() == 200);
  SketchOptions options;
  options.mnist = true;
  int kept = 0;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    const Tensor digit = digits.load(i).tensors[0];
    const Picture drawn = sketch(Skeleton(digit).strokes(), options);
    kept += class_of(engine, to_input(drawn, test::digit_spec, {})) == class_of(engine, digit) ? 1 : 0;
  }
  CHECK(kept >= 190);
}

}  // namespace nv
