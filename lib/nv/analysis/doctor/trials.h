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
  std::vector<bool> right;  ///< by input, with true classes; else empty
  double accuracy = 0;      ///< of inputs with a true class
  double confidence = 0;    ///< as OutputMeasure
  double information = 0;
  double gap = 0;
  double distance = 0;  ///< of the data from the statistics of the first BatchNormalization
};

/// A sample of the inputs, as pixel values in 0..255 and RGB order (unscale_pixels).
struct Sample {
  std::vector<Tensor> pixels;
  std::vector<std::int64_t> truth;  ///< one per input, or empty
};

/// Runs the sample with `in_use`, and then with others, one step at a time towards the best: other scales;
/// channel order and inversion. The first trial is `in_use`, whose accuracy ranks before the distance, that
/// before the information. `normalization`: the first layer whose statistics were trained; null for none.
std::vector<Trial> try_preprocessings(Engine& engine, const OutputKind& output, const InputSpec& spec,
                                      const Preprocess& in_use, const Sample& sample,
                                      const NormalizationLayer* normalization);

/// Whether the first is better, by what can be known of both.
bool is_better(const Trial& a, const Trial& b);

/// The best of the trials, the first of equal ones.
const Trial& best_of(std::span<const Trial> trials);

/// Options of the command line for the scale: "--preprocess raw --channels bgr --invert".
std::string options_of(const Preprocess& preprocess);

}  // namespace nv::doctor
