// JSON of `nv doctor`: schema neuralvis/doctor/1 (docs/schema/doctor.json).
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "nv/analysis/doctor/doctor.h"
#include "nv/report/json.h"

namespace nv {

/// The whole document. `unusable`: inputs that could not be read; `defaults`: the file beside the model that
/// was used, `written`: the file that --write changed, "" for none.
Json doctor_json(const doctor::Examination& examination, std::span<const doctor::Finding> findings,
                 std::int64_t unusable, const std::string& defaults, const std::string& written);

}  // namespace nv
