// Text of nv inspect.
#pragma once

#include <cstddef>
#include <string>

#include "nv/analysis/inspect.h"
#include "shared/console.h"
#include "shared/report_page.h"

namespace nv {

/// One row per node.
Table layer_table(const Inspection& in);

/// Facts of the model, for a page.
ReportPage::Facts facts_of(const Inspection& in);

/// Heading, layers and totals.
std::string table_text(const Console& console, const Inspection& in);

/// Node `i` in detail, with the statistics of its weights if they were read.
std::string layer_text(const Console& console, const Inspection& in, std::size_t i);

/// Without rows; add_summary adds one per model.
Table summary_table();
void add_summary(Table& table, const Inspection& in);

}  // namespace nv
