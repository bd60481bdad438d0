// Whether lines of attack.jsonl are such as nv writes: the file may be anyone's.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "nv/report/json.h"

namespace nv {

/// One line as JSON; discarded where it is none, or nested deeper than any line of nv's.
Json parse_journal_line(const std::string& text);

/// What is wrong with a journal's first line; "" for nothing.
std::string wrong_in_head(const Json& head);

/// Whether `item` is one of the run's (an element of the head's "runs") with so many models behind
/// --transfer.
bool is_sound_item(const Json& item, const Json& run, std::size_t models);

}  // namespace nv
