#include "nv/report/rows.h"

#include <charconv>
#include <nlohmann/json.hpp>

#include "nv/core/text.h"

namespace nv {

namespace {

std::string quoted(std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"') result += '"';
    result += c;
  }
  return result + '"';
}

std::string escaped(std::string_view text) {
  std::string result;
  for (const char c : text) switch (c) {
      case '\t':
        result += "\\t";
        break;
      case '\n':
        result += "\\n";
        break;
      case '\r':
        result += "\\r";
        break;
      case '\\':
        result += "\\\\";
        break;
      default:
        result += c;
    }
  return result;
}

std::string field(std::string_view text, RowFormat format) {
  return format == RowFormat::csv ? quoted(text) : escaped(text);
}

std::string value_text(const Json& value) {
  if (value.is_null()) return {};
  if (value.is_string()) return value.get<std::string>();
  if (!value.is_array()) {
    std::string text = line(value);
    text.pop_back();  // the line feed
    return text;
  }
  std::string text;
  for (const Json& element : value) {
    const char* separator = element.is_array() ? "; " : " ";
    text += (text.empty() ? "" : separator) + value_text(element);
  }
  return text;
}

/// The value at `column`; nullptr if there is none.
const Json* value_at(const Json& item, std::string_view column) {
  const Json* at = &item;
  for (const std::string& key : split(column, '.')) {
    if (at->is_object() && at->contains(key)) {
      at = &at->at(key);
      continue;
    }
    std::size_t index = 0;
    const auto [end, error] = std::from_chars(key.data(), key.data() + key.size(), index);
    if (!at->is_array() || error != std::errc() || *end != '\0' || index >= at->size()) return nullptr;
    at = &at->at(index);
  }
  return at;
}

template <typename Text>
std::string joined(std::span<const std::string> columns, RowFormat format, const Text& text) {
  std::string row;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (i > 0) row += format == RowFormat::csv ? ',' : '\t';
    row += field(text(columns[i]), format);
  }
  return row + '\n';
}

}  // namespace

std::string header_row(std::span<const std::string> columns, RowFormat format) {
  return joined(columns, format, [](const std::string& column) { return column; });
}

std::string value_row(const Json& item, std::span<const std::string> columns, RowFormat format) {
  return joined(columns, format, [&](const std::string& column) {
    const Json* value = value_at(item, column);
    return value == nullptr ? std::string() : value_text(*value);
  });
}

}  // namespace nv
