// JSON as Python writes it.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string_view>

namespace nv {

/// Parses JSON in which numbers may also be NaN, Infinity and -Infinity, as Python's json module writes them:
/// NaN becomes null, and an infinity the largest float32. nullopt where it is not JSON, or nested more than
/// 1000 deep, which no model is and which would be too much for recursion.
std::optional<nlohmann::ordered_json> parse_python_json(std::string_view text);

}  // namespace nv
