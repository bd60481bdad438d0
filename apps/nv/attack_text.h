// What `nv attack` prints.
#pragma once

#include <span>
#include <string>

#include "nv/analysis/attack.h"
#include "talk.h"

namespace nv {

/// One input, on one line.
std::string attack_line(const AttackResult& result);
/// The figures of a run.
std::string attack_closing(const Talk& talk, const attacks::Method& method, const attacks::Settings& settings,
                           const AttackSummary& summary, std::span<const CoverageChange> coverage);
/// --list.
std::string attack_list_text(const Talk& talk);

}  // namespace nv
