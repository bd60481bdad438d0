#include "nv/report/json.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>
#include <utility>

#include "nv/core/text.h"

namespace nv {

namespace {

template <typename Float>
Json shortest(Float value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "Infinity" : "-Infinity";
  // The JSON library stores doubles. The double nearest to the shortest decimal of a float has the same
  // shortest decimal.
  std::array<char, 64> text{};
  const auto end =  // scientific, since the fixed form of a large float has all digits of its exact value
      std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::scientific).ptr;
  double nearest = 0;
  std::from_chars(text.data(), end, nearest);
  return nearest;
}

/// The JSON library's own writer gives a digit more than the shortest for one number in a thousand.
std::string written(double value) {
  std::array<char, 64> text{};
  std::string result(text.data(), std::to_chars(text.data(), text.data() + text.size(), value).ptr);
  if (result.find_first_of(".e") == std::string::npos) result += ".0";  // readers keep it a float
  return result;
}

/// "\\u009b"; as a pair of surrogates beyond 16 bits.
std::string json_escape(char32_t c) {
  const auto n = static_cast<std::uint32_t>(c);
  if (n < 0x10000) return fmt::format("\\u{:04x}", n);
  return fmt::format("\\u{:04x}\\u{:04x}", 0xD800 + ((n - 0x10000) >> 10), 0xDC00 + ((n - 0x10000) & 0x3FF));
}

/// As the JSON library writes it, and without it for plain ASCII, which nearly all text is. Characters on
/// which a terminal acts are escaped too, beyond what JSON requires.
void append_text(const std::string& text, std::string& out) {
  const bool plain =
      std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~' && c != '"' && c != '\\'; });
  if (plain)
    out.append(1, '"').append(text).append(1, '"');
  else
    out += replace_unprintable(Json(text).dump(-1, ' ', false, Json::error_handler_t::replace), json_escape);
}

void append_compact(const Json& json, std::string& out) {
  if (json.is_number_float()) {
    out += written(json.get<double>());
  } else if (json.is_string()) {
    append_text(json.get_ref<const std::string&>(), out);
  } else if (!json.is_structured()) {
    out += json.dump(-1, ' ', false, Json::error_handler_t::replace);
  } else {
    const bool object = json.is_object();
    out += object ? '{' : '[';
    for (auto item = json.begin(); item != json.end(); ++item) {
      if (item != json.begin()) out += ',';
      if (object) {
        append_text(item.key(), out);
        out += ':';
      }
      append_compact(*item, out);
    }
    out += object ? '}' : ']';
  }
}

std::string compact(const Json& json) {
  std::string text;
  append_compact(json, text);
  return text;
}

bool is_plain_list(const Json& json) {
  if (!json.is_array()) return false;
  for (const Json& item : json)
    if (item.is_structured() && !(item.is_array() && is_plain_list(item) && item.size() <= 4)) return false;
  return true;
}

void write(const Json& json, int indent, std::string& out) {
  const std::string inner(static_cast<std::size_t>(indent + 1), ' ');
  if (!json.is_structured() || json.empty() || is_plain_list(json)) {
    append_compact(json, out);
    return;
  }
  const bool object = json.is_object();
  out += object ? "{\n" : "[\n";
  bool first = true;
  for (auto item = json.begin(); item != json.end(); ++item) {
    if (!first) out += ",\n";
    first = false;
    out += inner;
    if (object) {
      append_text(item.key(), out);
      out += ": ";
    }
    write(*item, indent + 1, out);
  }
  out += '\n' + std::string(static_cast<std::size_t>(indent), ' ') + (object ? '}' : ']');
}

}  // namespace

Json number(float value) {
  return shortest(value);
}
Json number(double value) {
  return shortest(value);
}
Json number(std::optional<float> value) {
  return value ? number(*value) : Json(nullptr);
}

Json shape_json(const Shape& shape) {
  Json list = Json::array();
  for (std::int64_t n : shape) list.push_back(n == Shape::unknown ? Json(nullptr) : Json(n));
  return list;
}

std::string document(const Json& json) {
  std::string text;
  write(json, 0, text);
  return text + '\n';
}

ListDocument::ListDocument(const Json& head, const std::string& key) {
  std::string text;
  write(head, 0, text);
  text.resize(text.size() - 2);  // the line feed and the brace that close it
  text_ = fmt::format("{},\n {}: [", text, compact(Json(key)));
}

void ListDocument::add(const Json& item) {
  text_ += empty_ ? "\n  " : ",\n  ";
  empty_ = false;
  write(item, 2, text_);
}

std::string ListDocument::take() {
  return std::exchange(text_, {});
}

std::string ListDocument::finish(const Json& tail) const {
  std::string text = text_ + (empty_ ? "]" : "\n ]");
  for (const auto& [key, value] : tail.items()) {
    text += fmt::format(",\n {}: ", compact(Json(key)));
    write(value, 1, text);
  }
  return text + "\n}\n";
}

std::string line(const Json& json) {
  return compact(json) + '\n';
}

std::string schema_id(const std::string& command) {
  return fmt::format("neuralvis/{}/1", command);
}

}  // namespace nv
