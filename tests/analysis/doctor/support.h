// Examinations of LeNet-5 and its held-out digits.
#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "nv/analysis/doctor/doctor.h"
#include "nv/analysis/input_specs.h"
#include "nv/core/tensor.h"
#include "nv/data/truth.h"
#include "nv/keras/reader.h"

namespace nv::doctor::test {

inline const std::string kept_images = NV_EXAMPLES "/idx/kept-images-idx3-ubyte.gz#0-199",
                         kept_images_all = NV_EXAMPLES "/idx/kept-images-idx3-ubyte.gz";
inline const std::string kept_labels = NV_EXAMPLES "/idx/kept-labels-idx1-ubyte.gz";

/// A model, its inputs and how it is used; change any of them before examine().
struct Patient {
  Engine engine{open_model(NV_EXAMPLES "/models/lenet5-mnist.h5"), {2}};
  std::string inputs = kept_images;
  Settings settings;

  InputList list() const {
    InputOptions options;
    options.preprocess = settings.preprocess;
    const std::vector<std::string> arguments{inputs};
    return expand_inputs(arguments, options, input_specs(engine.model(), engine.structure()));
  }

  void read_truth() { settings.truth = nv::read_truth(kept_labels, list(), {}); }

  Examination examine() {
    const InputList inputs_read = list();
    Examiner examiner(engine, settings, inputs_read.size());
    for (std::size_t first = 0; first < inputs_read.size(); first += 32) {
      std::vector<Input> batch;
      std::vector<std::optional<std::int64_t>> items;
      std::vector<Tensor> tensors;
      for (std::size_t i = first; i < std::min(first + 32, inputs_read.size()); ++i) {
        batch.push_back(inputs_read.load(i));
        items.emplace_back(static_cast<std::int64_t>(tensors.size()));
        tensors.push_back(batch.back().tensors[0]);
      }
      const Tensor stacked = stack(tensors);
      examiner.add(batch, items, engine.forward({&stacked, 1}), first);
    }
    return examiner.finish();
  }

  std::vector<Finding> findings() {
    const Examination examination = examine();
    return diagnose(examination);
  }
};

/// "error labels" for each finding.
inline std::vector<std::string> kinds(const std::vector<Finding>& findings) {
  std::vector<std::string> list;
  for (const Finding& f : findings)
    list.push_back((f.severity == Severity::error ? "error " : "warning ") + f.kind);
  return list;
}

}  // namespace nv::doctor::test
