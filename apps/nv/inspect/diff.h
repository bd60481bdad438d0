// nv inspect A B --diff.
#pragma once

#include "nv/model/model.h"
#include "shared/console.h"

namespace nv {

/// Says how B differs from A: as text (lines of -, + and ~, as diff has them) or as JSON. The exit code: 0
/// where they are the same, 1 where not.
int show_difference(Console& console, const Model& a, const Model& b, bool json);

}  // namespace nv
