// ZeroPadding and Cropping of 1D, 2D and 3D; each is the vjp of the other.
#include "nv/core/error.h"
#include "nv/kernels/shift.h"
#include "nv/layers/common/shapes.h"
#include "nv/layers/common/sliding_windows.h"
#include "nv/layers/spatial/channels_first.h"

namespace nv {
namespace {

/// Adds margins of zeros to the input, or removes them if they are negative.
class Margins : public Layer {
 public:
  Shape shape(std::span<const Shape> inputs) const final {
    const Shape& in = single_input(inputs, axes() + 1);
    Shape out = in;
    for (int a = 0; a < axes(); ++a) {
      if (in[a] == Shape::unknown) continue;
      const auto& m = margins_[static_cast<std::size_t>(a)];
      out[a] = in[a] + m[0] + m[1];
      if (out[a] <= 0) throw_input("nothing is left of an input of {}", in.str());
    }
    return out;
  }

  Tensor forward(std::span<const Tensor> inputs, Context& context) const final {
    const Tensor& x = inputs[0];
    const std::vector<Shape> item{x.shape().item()};
    Tensor y(shape(item).batched(x.shape()[0]));
    move(x, y, before(1), context);
    return y;
  }

  std::vector<Tensor> vjp(std::span<const Tensor> inputs, const Tensor&, const Tensor& d_output,
                          Context& context) const final {
    Tensor dx(inputs[0].shape());
    move(d_output, dx, before(-1), context);
    return {dx};
  }

  std::optional<SpatialWindow> window(const Shape& input) const final {
    if (axes() != 2 || input.rank() != 3) return std::nullopt;
    return SpatialWindow{{1, 1}, {1, 1}, {margins_[0][0], margins_[1][0]}};
  }

 protected:
  using Sides = std::vector<std::array<std::int64_t, 2>>;
  explicit Margins(Sides margins) : margins_(std::move(margins)) {}

 private:
  int axes() const { return static_cast<int>(margins_.size()); }

  Triple before(std::int64_t sign) const {
    std::vector<std::int64_t> sizes;
    for (const auto& m : margins_) sizes.push_back(sign * m[0]);
    return as_triple(sizes, 0);
  }

  static void move(const Tensor& from, Tensor& to, const Triple& by, Context& context) {
    shift(positions_of(from.shape().item()), positions_of(to.shape().item()), by, from.shape().back(),
          from.shape()[0], from.data(), to.data(), context.pool);
  }

  Sides margins_;
};

class ZeroPadding final : public Margins {
 public:
  ZeroPadding(LayerOptions& o, int axes) : Margins(o.margins("padding", static_cast<std::size_t>(axes), 1)) {}
};

class Cropping final : public Margins {
 public:
  /// Keras's default differs by rank: 0 for images, 1 for sequences and volumes.
  Cropping(LayerOptions& o, int axes)
      : Margins(negative(o.margins("cropping", static_cast<std::size_t>(axes), axes == 2 ? 0 : 1))) {}

 private:
  static Sides negative(Sides sides) {
    for (auto& s : sides) s = {-s[0], -s[1]};
    return sides;
  }
};

}  // namespace

std::vector<LayerKind> padding_kinds() {
  return {{"Cropping1D", make_spatial<Cropping, 1>},       {"Cropping2D", make_spatial<Cropping, 2>},
          {"Cropping3D", make_spatial<Cropping, 3>},       {"ZeroPadding1D", make_spatial<ZeroPadding, 1>},
          {"ZeroPadding2D", make_spatial<ZeroPadding, 2>}, {"ZeroPadding3D", make_spatial<ZeroPadding, 3>}};
}

}  // namespace nv
