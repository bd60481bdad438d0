#include "nv/analysis/kernel_maps.h"

#include "nv/core/error.h"
#include "nv/core/text.h"

namespace nv {

namespace {

/// Whether the first weight is a kernel.
bool has_kernel(const NodeStructure& s) {
  const std::vector<WeightSpec> weights = expected_weights(s);
  return !weights.empty() && (weights[0].name == "kernel" || weights[0].name == "depthwise_kernel") &&
         weights[0].shape.rank() >= 2 && weights[0].shape.rank() <= 5;
}

std::string hint_of(const Model& model, const Structure& structure) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < model.nodes.size() && names.size() < 4; ++i)
    if (has_kernel(structure.nodes[i])) names.push_back(one_line(model.nodes[i].path));
  return names.empty() ? "" : fmt::format("layers with kernels: {}", fmt::join(names, ", "));
}

}  // namespace

KernelMaps kernel_maps(const Model& model, const Structure& structure, std::size_t node) {
  const LayerSpec& spec = model.layer_of(model.nodes[node]);
  const NodeStructure& s = structure.nodes[node];
  const std::string where =
      fmt::format("{}: layer {} ({})", model.file, one_line(spec.path), one_line(spec.kind));
  if (!has_kernel(s))
    throw Error(ErrorKind::usage, fmt::format("{} has no kernels", where), hint_of(model, structure));
  const std::vector<WeightSpec> expected = expected_weights(s);
  if (spec.weights.empty()) throw_input("{}: its kernel is not in the file", where);
  if (const std::string problem = weight_problem(spec, expected); !problem.empty())
    throw_input("{}: {}", where, problem);
  const Tensor kernel = spec.weights[0].data->read();
  const Shape& shape = kernel.shape();
  const int rank = shape.rank();
  const bool depthwise = expected[0].name == "depthwise_kernel";
  const bool transposed = spec.kind.find("Transpose") != std::string::npos;
  const std::int64_t next_to_last = shape[rank - 2], last = shape[rank - 1];
  KernelMaps k;
  k.filters = depthwise ? next_to_last * last : transposed ? next_to_last : last;
  k.inputs = depthwise ? 1 : transposed ? last : next_to_last;
  if (rank > 2) k.cols = shape[rank - 3];
  for (int a = 0; a < rank - 3; ++a) k.rows *= shape[a];
  k.values.resize(static_cast<std::size_t>(kernel.size()));
  const std::int64_t area = k.rows * k.cols, pairs = next_to_last * last;
  for (std::int64_t f = 0; f < k.filters; ++f)
    for (std::int64_t i = 0; i < k.inputs; ++i) {
      const std::int64_t pair = depthwise ? f : transposed ? f * last + i : i * last + f;
      for (std::int64_t p = 0; p < area; ++p)
        k.values[static_cast<std::size_t>((f * k.inputs + i) * area + p)] = kernel.data()[p * pairs + pair];
    }
  return k;
}

}  // namespace nv
