// The base class of convolution layers.
#pragma once

#include <optional>
#include <vector>

#include "nv/kernels/windows.h"
#include "nv/layers/layer.h"
#include "nv/layers/options.h"

namespace nv {

/// A convolution followed by an optional bias and an activation, which the kernels apply as their epilogue.
/// Input items are (axes..., channels).
class ConvolutionLayer : public ActivatedLayer {
 public:
  std::vector<WeightSpec> weights(std::span<const Shape> inputs) const final;
  void load(std::vector<Tensor> weights) final;
  Tensor forward(std::span<const Tensor> inputs, Context& context) const final;
  Tensor linear(std::span<const Tensor> inputs, Context& context) const final;
  bool reports_rows(std::span<const Shape>) const final { return true; }

 protected:
  /// Reads use_bias and activation.
  explicit ConvolutionLayer(LayerOptions& o);

  /// The weights without the bias.
  virtual std::vector<WeightSpec> kernels(const Shape& input) const = 0;
  virtual void load_kernels(std::vector<Tensor> kernels) = 0;
  /// Writes the convolution of a batch to `y`, of the output's shape, with the epilogue applied.
  virtual void convolve_to(const Tensor& x, Tensor& y, const Epilogue& epilogue, Context& context) const = 0;

 private:
  Epilogue bias_epilogue() const;

  bool use_bias_;
  Tensor biases_;  ///< repeated, see load()
};

/// The integer option `key`. Throws Error(input) unless it is positive.
std::int64_t positive(LayerOptions& o, std::string_view key, std::optional<std::int64_t> fallback = {});

}  // namespace nv
