// What the convolution layers have in common.
#pragma once

#include <vector>

#include "nv/kernels/windows.h"
#include "nv/layers/layer.h"
#include "nv/layers/options.h"

namespace nv {

/// A layer that ends in an optional bias and an activation, both applied while the convolution's values are
/// still in cache. Input items are (axes..., channels).
class ConvolutionLayer : public ActivatedLayer {
 public:
  std::vector<WeightSpec> weights(std::span<const Shape> inputs) const final;
  void load(std::vector<Tensor> weights) final;
  Tensor forward(std::span<const Tensor> inputs, Context& context) const final;
  Tensor linear(std::span<const Tensor> inputs, Context& context) const final;

 protected:
  /// Reads use_bias and activation.
  explicit ConvolutionLayer(Options& o);

  /// The weights before the bias.
  virtual std::vector<WeightSpec> kernels(const Shape& input) const = 0;
  virtual void load_kernels(std::vector<Tensor> kernels) = 0;
  /// The convolution, and what happens to its values then.
  virtual Tensor convolved(const Tensor& x, const Epilogue& epilogue, Context& context) const = 0;

 private:
  Epilogue add_biases() const;

  bool use_bias_;
  Tensor biases_;  ///< as Epilogue wants them
};

/// The option, which must be positive.
std::int64_t positive(Options& o, std::string_view key, std::optional<std::int64_t> fallback = {});

}  // namespace nv
