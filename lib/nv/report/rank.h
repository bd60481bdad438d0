// JSON of rankings.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "nv/analysis/rank/faults.h"
#include "nv/analysis/rank/ranking.h"
#include "nv/report/json.h"

namespace nv {

/// The keys of a run that depend on its metrics: "profile", "layers", "layer", "settings", each only if one
/// of them reads it.
/// `of_set`: there are metrics of the set, too.
Json rank_setup_json(std::span<const rank::Metric* const> metrics, bool of_set, const rank::Setup& setup);
/// What a profile holds.
Json profile_json(const rank::Profile& profile);
/// An input of the ranking; its ranks only if `ranked`: the ranking is finished.
Json ranked_input_json(const rank::Ranking& ranking, std::size_t input, bool ranked);
/// `faults`: null if it is not known which inputs are faults.
Json rank_summary_json(const rank::Ranking& ranking, std::int64_t errors, const rank::Faults* faults);

}  // namespace nv
