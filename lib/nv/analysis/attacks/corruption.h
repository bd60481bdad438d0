// Corruptions: changes that do not depend on the model, by strength.
#pragma once

#include <string_view>

#include "nv/analysis/attacks/method.h"
#include "nv/analysis/attacks/search.h"

namespace nv::attacks {

/// The original corrupted with a strength in (0, 1]; its distance grows with the strength.
using Corruption = std::function<Point(double strength)>;

/// parameter("strengths"): how many strengths are tried before the interval is halved.
Parameter strengths(double count);

/// The point of the smallest adversarial strength: tried in increasing order, then by halving the interval to
/// the strength before. The strongest if none is adversarial.
Task<Point> least_strength(Attempt& a, Corruption corruption);

/// The same for the original plus strength * noise.
Task<Point> least_noise(Attempt& a, Point noise);

/// An attack by noise of one direction, measured in `norm`. `run` draws it and ends in least_noise.
Method noise_method(std::string_view name, std::string_view summary, std::string_view reference, Norm norm,
                    Task<Point> (*run)(Attempt&));

}  // namespace nv::attacks
