#include "nv/keras/python_json.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string>

#include "nv/core/interrupt.h"
#include "nv/core/text.h"

namespace nv {

namespace {

constexpr int most_depth = 1000;

struct Replacement {
  std::string_view python, json;
};
constexpr std::array<Replacement, 2> replacements{{{"NaN", "null"}, {"Infinity", "3.4028234663852886e38"}}};

/// End of the string that begins at `at`: after its closing quote, or the end of `text`.
std::size_t end_of_string(std::string_view text, std::size_t at) {
  for (++at; at < text.size() && text[at] != '"'; ++at)
    if (text[at] == '\\') ++at;
  return std::min(at + 1, text.size());
}

/// `text` as standard JSON; nullopt if it is nested too deeply.
std::optional<std::string> plain_json(std::string_view text) {
  std::string plain;
  plain.reserve(text.size());
  int depth = 0;
  std::size_t next_check = 0;
  for (std::size_t at = 0; at < text.size();) {
    if (at >= next_check) {
      check_interrupt();
      next_check = at + 65536;
    }
    std::size_t end = at + 1;
    const char c = text[at];
    if (c == '"') end = end_of_string(text, at);
    if (c == '[' || c == '{') ++depth;
    if (c == ']' || c == '}') --depth;
    if (depth > most_depth) return std::nullopt;
    std::string_view piece = text.substr(at, end - at);
    for (const Replacement& r : replacements)
      if (text.substr(at).starts_with(r.python)) {
        end = at + r.python.size();
        piece = r.json;
      }
    plain += piece;
    at = end;
  }
  return plain;
}

/// Iterator over the text that checks for interruption, since the parser takes seconds for a large one.
struct CheckedIterator {
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  const char* at = nullptr;

  reference operator*() const { return *at; }
  CheckedIterator& operator++() {
    if (reinterpret_cast<std::uintptr_t>(++at) % 65536 == 0) check_interrupt();
    return *this;
  }
  CheckedIterator operator++(int) {
    const CheckedIterator before = *this;
    ++*this;
    return before;
  }
  friend bool operator==(const CheckedIterator&, const CheckedIterator&) = default;
};

}  // namespace

std::optional<nlohmann::ordered_json> parse_python_json(std::string_view text) {
  const auto plain = plain_json(text);
  if (!plain) return std::nullopt;
  const char* begin = plain->data();
  auto json = nlohmann::ordered_json::parse(CheckedIterator{begin}, CheckedIterator{begin + plain->size()},
                                            nullptr, false);
  if (json.is_discarded()) return std::nullopt;
  return json;
}

bool begins_as_json(std::string_view text) {
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  text = trim(text);
  return text.starts_with('{') || text.starts_with("\"{");
}

}  // namespace nv
