// The checks of `nv doctor`, one per file of this folder; doctor.cpp has them in a list.
#pragma once

#include <vector>

#include "nv/analysis/doctor/examination.h"
#include "nv/analysis/doctor/finding.h"

namespace nv::doctor {

std::vector<Finding> check_not_finite(const Examination& e);
std::vector<Finding> check_preprocessing(const Examination& e);
std::vector<Finding> check_channel_order(const Examination& e);
std::vector<Finding> check_untrained(const Examination& e);
std::vector<Finding> check_labels(const Examination& e);
std::vector<Finding> check_normalization(const Examination& e);
std::vector<Finding> check_saturation(const Examination& e);
std::vector<Finding> check_dead(const Examination& e);
std::vector<Finding> check_accuracy(const Examination& e);
std::vector<Finding> check_sizes(const Examination& e);
std::vector<Finding> check_duplicates(const Examination& e);

/// Whether the inputs are tried in the other order of channels, too.
bool takes_colour(const Examination& e);

}  // namespace nv::doctor
