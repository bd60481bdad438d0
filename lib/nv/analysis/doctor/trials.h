// Preprocessing candidates, each tried on a sample of the inputs.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "nv/analysis/doctor/normalization.h"
#include "nv/analysis/prediction.h"
#include "nv/data/preprocess.h"

namespace nv::doctor {

/// What a preprocessing leads to. Figures that do not apply are NaN.
struct Trial {
  Preprocess preprocess;
  std::vector<bool> right;               ///< by input, with true classes; else empty
  std::vector<double> confidences = {};  ///< by input; NaN if the output is no probabilities
  double accuracy = 0;                   ///< of inputs with a true class
  double confidence = 0;                 ///< as OutputMeasure
  double information = 0;
  double gap = 0;
  double distance = 0;  ///< of the data from the statistics of the first BatchNormalization
};

/// A sample of the inputs, as pixel values in 0..255 and RGB order (unscale_pixels).
struct Sample {
  std::vector<Tensor> pixels;
  std::vector<std::int64_t> truth;  ///< one per input, or empty
};

/// Runs the sample with `in_use`, which is the first trial, and with every scale in every channel order, with
/// and without inversion. `normalization`: the first layer whose statistics were trained; null for none.
std::vector<Trial> try_preprocessings(Engine& engine, const OutputKind& output, const InputSpec& spec,
                                      const Preprocess& in_use, const Sample& sample,
                                      const NormalizationLayer* normalization);

/// Whether the scales are the same, whatever order of channels and inversion.
bool same_scale(const Preprocess& a, const Preprocess& b);

/// How many of scale, channel order and inversion differ.
int changes(const Preprocess& a, const Preprocess& b);

/// Options of the command line for the scale: "--preprocess raw --channels bgr --invert".
std::string options_of(const Preprocess& preprocess);

}  // namespace nv::doctor
