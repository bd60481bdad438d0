// Resampling along one axis of an image: the weights of tf.image.resize.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace nv {

/// Value i of the target is the sum of weights[t] * source[from[t]] over t in [starts[i], starts[i + 1]).
struct Resampling {
  std::int64_t source = 0;
  std::vector<std::int64_t> starts{0}, from;
  std::vector<float> weights;

  /// Source positions with a weight other than 0 in a value of the target, ascending.
  std::vector<std::int64_t> seen(std::int64_t target_position) const;

  std::int64_t target() const { return static_cast<std::int64_t>(starts.size()) - 1; }
  /// The transpose, from target to source with the same weights: the vjp.
  Resampling transposed() const;

  void add(std::int64_t source_position, float weight);  ///< to the unfinished value
  void finish_value() { starts.push_back(static_cast<std::int64_t>(from.size())); }
};

/// A method of tf.image.resize by its name (nearest, bilinear, bicubic, area, lanczos3, lanczos5, gaussian,
/// mitchellcubic), from `source` to `target` positions, both positive.
using Resampler = Resampling (*)(std::int64_t source, std::int64_t target);

/// The method without or with antialiasing; nullptr for a name that TensorFlow does not have.
Resampler resampler(std::string_view method);
Resampler antialiased_resampler(std::string_view method);

Resampling nearest_resampling(std::int64_t source, std::int64_t target);
Resampling bilinear_resampling(std::int64_t source, std::int64_t target);
Resampling area_resampling(std::int64_t source, std::int64_t target);

}  // namespace nv
