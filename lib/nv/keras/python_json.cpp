#include "nv/keras/python_json.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string>

#include "nv/core/interrupt.h"

namespace nv {

namespace {

constexpr int most_nesting = 1000;

struct Word {
  std::string_view python, json;
};
constexpr std::array<Word, 2> words{{{"NaN", "null"}, {"Infinity", "3.4028234663852886e38"}}};

/// Where the string that begins at `at` ends: behind its closing quote, or the end of `text`.
std::size_t end_of_string(std::string_view text, std::size_t at) {
  for (++at; at < text.size() && text[at] != '"'; ++at)
    if (text[at] == '\\') ++at;
  return std::min(at + 1, text.size());
}

/// `text` in words that every parser of JSON knows; nullopt where it is nested too deeply.
std::optional<std::string> plain_json(std::string_view text) {
  std::string plain;
  plain.reserve(text.size());
  int depth = 0;
  std::size_t listen = 0;
  for (std::size_t at = 0; at < text.size();) {
    if (at >= listen) {
      check_interrupt();
      listen = at + 65536;
    }
    std::size_t end = at + 1;
    const char c = text[at];
    if (c == '"') end = end_of_string(text, at);
    if (c == '[' || c == '{') ++depth;
    if (c == ']' || c == '}') --depth;
    if (depth > most_nesting) return std::nullopt;
    std::string_view piece = text.substr(at, end - at);
    for (const Word& word : words)
      if (text.substr(at).starts_with(word.python)) {
        end = at + word.python.size();
        piece = word.json;
      }
    plain += piece;
    at = end;
  }
  return plain;
}

/// Goes through a text for the parser, which takes seconds for a large one, and listens meanwhile.
struct Letter {
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  const char* at = nullptr;

  reference operator*() const { return *at; }
  Letter& operator++() {
    if (reinterpret_cast<std::uintptr_t>(++at) % 65536 == 0) check_interrupt();
    return *this;
  }
  Letter operator++(int) {
    const Letter before = *this;
    ++*this;
    return before;
  }
  friend bool operator==(const Letter&, const Letter&) = default;
};

}  // namespace

std::optional<nlohmann::ordered_json> parse_python_json(std::string_view text) {
  const auto plain = plain_json(text);
  if (!plain) return std::nullopt;
  const char* begin = plain->data();
  auto json = nlohmann::ordered_json::parse(Letter{begin}, Letter{begin + plain->size()}, nullptr, false);
  if (json.is_discarded()) return std::nullopt;
  return json;
}

}  // namespace nv
