#include "nv/analysis/output_weights.h"
#include "nv/core/error.h"
#include "nv/core/finite.h"

namespace nv {

OutputWeights::OutputWeights(const NpzReader& file, const Model& model, std::size_t inputs)
    : file_(file.file()) {
  for (std::size_t o = 0; o < model.outputs.size(); ++o) {
    const std::string key = fmt::format("{}", o);
    if (!file.contains(key))
      throw_input("{}: no weights for output {} (key '{}')", file_, model.outputs[o].name, key);
    weights_.push_back(file.read(key).as_float());
    const Shape& shape = weights_.back().shape();
    if (shape.rank() == 0 || shape[0] != static_cast<std::int64_t>(inputs))
      throw_input("{}: weights '{}' are {}: expected a first axis of {}, the number of inputs", file_, key,
                  shape.rank() == 0 ? "one number" : shape.str(), inputs);
    if (!all_finite(weights_.back().values()))
      throw_input("{}: weights '{}' hold NaN or infinite values", file_, key);
    nodes_.push_back(model.outputs[o].value.node);
  }
}

}  // namespace nv
