// JSON as Python's json module writes it.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string_view>

namespace nv {

/// Parses JSON in which numbers may also be NaN, Infinity and -Infinity: NaN becomes null, an infinity the
/// largest float32. nullopt if it is not JSON, or nested more than 1000 deep: no model is, and recursion over
/// it would need too much stack.
std::optional<nlohmann::ordered_json> parse_python_json(std::string_view text);

/// Whether text begins as a JSON object, or as one that was made into a string, after spaces and a byte order
/// mark.
bool begins_as_json(std::string_view text);

}  // namespace nv
