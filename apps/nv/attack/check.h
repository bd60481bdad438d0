// Checks lines of attack.jsonl, which is untrusted.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "nv/report/json.h"

namespace nv {

/// Parses one line; discarded if it is not JSON, or nested too deep.
Json parse_journal_line(const std::string& text);

/// Error in a journal's first line; "" if it is valid.
std::string wrong_in_head(const Json& head);

/// Whether `item` is a valid item of `run` (an element of "runs" in the head); `models`: number of models of
/// --transfer.
bool is_sound_item(const Json& item, const Json& run, std::size_t models);

}  // namespace nv
