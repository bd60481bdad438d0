// Linear CKA between two models in `nv compare`.
#pragma once

#include <string>
#include <vector>

#include "nv/analysis/cka.h"
#include "shared/console.h"
#include "shared/input_loop.h"

namespace nv {

/// Over all inputs that can be used.
CkaResult cka_of_inputs(Console& console, const InputList& inputs, Engine& a, Engine& b,
                        const Matching& matching, const std::vector<bool>& chosen);

/// A row per layer.
Table cka_table(const CkaResult& cka);
/// "linear CKA over 100 inputs"; of a set that was cut also how many there are.
std::string cka_heading(const CkaResult& cka);
/// Why there are too few inputs; "" if there are enough.
std::string cka_warning(const CkaResult& cka);

}  // namespace nv
