#include "nv/analysis/verify.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "nv/core/error.h"

namespace nv {

Deviation compare(const std::string& key, std::size_t order, const Tensor& got, const Tensor& expected) {
  Deviation d;
  d.key = key;
  d.order = order;
  if (!(got.shape() == expected.shape())) {
    d.problem = fmt::format("shape {}, expected {}", got.shape().str(), expected.shape().str());
    return d;
  }
  double off = 0;
  for (std::int64_t i = 0; i < got.size(); ++i) {
    const bool nan = std::isnan(expected[i]);
    if (nan != std::isnan(got[i])) {
      d.problem = nan ? "a number where NaN is expected" : "NaN where a number is expected";
      return d;
    }
    if (nan || got[i] == expected[i]) continue;
    off = std::max(off, std::abs(static_cast<double>(got[i]) - static_cast<double>(expected[i])));
  }
  for (std::int64_t i = 0; i < expected.size(); ++i)
    if (!std::isnan(expected[i])) d.largest = std::max(d.largest, std::abs(static_cast<double>(expected[i])));
  d.error = off / std::max(d.largest, 1e-6);
  if (std::isnan(d.error)) d.error = INFINITY;  // an infinite value where another is expected
  return d;
}

std::vector<Deviation> deviations(const Model& model, const Trace& trace, const NpzReader& reference) {
  std::map<std::string, std::size_t> nodes;
  for (std::size_t i = 0; i < model.nodes.size(); ++i) nodes["layer/" + model.nodes[i].path] = i;
  for (std::size_t i = 0; i < model.outputs.size(); ++i)
    nodes[fmt::format("output/{}", i)] = static_cast<std::size_t>(model.outputs[i].value.node);
  std::vector<Deviation> found;
  for (const std::string& key : reference.names()) {
    if (!key.starts_with("layer/") && !key.starts_with("output/")) continue;
    if (const auto at = nodes.find(key); at != nodes.end()) {
      found.push_back(compare(key, at->second, trace.outputs[at->second], reference.read(key).as_float()));
    } else {
      Deviation missing;
      missing.key = key;
      missing.problem = "the model has no such layer";
      missing.order = model.nodes.size();
      found.push_back(missing);
    }
  }
  std::ranges::stable_sort(found, {}, &Deviation::order);
  return found;
}

std::vector<Tensor> reference_inputs(const Model& model, const NpzReader& file) {
  std::vector<Tensor> inputs;
  for (std::size_t i = 0; i < model.inputs.size(); ++i) {
    std::string key;
    for (const std::string& candidate :
         {fmt::format("input/{}", i), fmt::format("{}", i), model.inputs[i].name})
      if (key.empty() && file.contains(candidate)) key = candidate;
    if (key.empty())
      throw Error(ErrorKind::input, fmt::format("{}: has no input {} of the model", file.file(), i),
                  "give the inputs as a third argument, or under input/0, input/1, ...");
    inputs.push_back(file.read(key).as_float());
    if (inputs.back().shape().rank() == 0 || inputs.back().shape()[0] != inputs[0].shape()[0])
      throw_input("{}: '{}' is no batch of the size of the first input", file.file(), key);
  }
  return inputs;
}

}  // namespace nv
