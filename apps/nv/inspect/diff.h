// nv inspect A B --diff.
#pragma once

#include "nv/model/model.h"
#include "shared/console.h"

namespace nv {

/// Prints how B differs from A, as text (lines of -, + and ~, as diff prints them) or as JSON. Returns the
/// exit code: 0 if they are equal, else 1.
int show_difference(Console& console, const Model& a, const Model& b, bool json);

}  // namespace nv
