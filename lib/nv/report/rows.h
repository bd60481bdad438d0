// Results as rows under a header: CSV and TSV.
#pragma once

#include <span>
#include <string>

#include "nv/report/json.h"

namespace nv {

enum class RowFormat { csv, tsv };

/// The header: names of columns, which are keys of a JSON object; those of an object in it are joined by dots
/// ("prediction.label"), as pandas.json_normalize names them, and those of a list are its indices
/// ("top.0.label").
std::string header_row(std::span<const std::string> columns, RowFormat format);

/// `item` as a row: the values at the columns, written as in JSON, but text without quotes; nothing for null
/// or a missing key. The elements of a list are joined by spaces ("28 28 1"), lists in a list by semicolons.
///
/// CSV is quoted as RFC 4180 says; lines end in a line feed only, as tools on Unix expect. In TSV nothing is
/// quoted: tabs, line feeds, carriage returns and backslashes are escaped by a backslash (t, n, r).
std::string value_row(const Json& item, std::span<const std::string> columns, RowFormat format);

}  // namespace nv
