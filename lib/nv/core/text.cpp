#include "nv/core/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <utility>

namespace nv {

namespace {
char lower(char c) {
  return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
}

/// Optimal string alignment distance: insertions, deletions, substitutions and swaps of neighbours cost 1.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const bool same = lower(a[i - 1]) == lower(b[j - 1]);
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (same ? 0 : 1)});
      if (i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) && lower(a[i - 2]) == lower(b[j - 1]))
        row[j] = std::min(row[j], before[j - 2] + 1);
    }
    before = std::exchange(last, row);
  }
  return last[b.size()];
}

/// Up to three of `names` that are similar to `word`, most similar first.
std::vector<std::string> nearest_names(std::string_view word, std::span<const std::string> names) {
  constexpr std::size_t most = 3;
  std::vector<std::pair<std::size_t, const std::string*>> near;
  for (const std::string& name : names) {
    const std::size_t limit = std::max<std::size_t>(1, std::max(word.size(), name.size()) * 2 / 5);
    // A name that contains the word, or the reverse, counts as similar whatever its length.
    const bool inside = word.size() >= 3 &&
                        (name.find(word) != name.npos || (name.size() >= 3 && word.find(name) != word.npos));
    const std::size_t distance = edit_distance(word, name);
    if (distance <= limit || inside) near.emplace_back(inside ? std::min(distance, limit) : distance, &name);
  }
  std::ranges::stable_sort(near, {}, [](const auto& n) { return n.first; });
  std::vector<std::string> result;
  for (const auto& n : near) {
    if (result.size() == most) break;
    result.push_back(*n.second);
  }
  return result;
}

}  // namespace

std::string did_you_mean(std::string_view word, std::span<const std::string> names) {
  const auto near = nearest_names(word, names);
  return near.empty() ? std::string() : fmt::format("did you mean {}?", fmt::join(near, ", "));
}

bool is_glob(std::string_view text) {
  return text.find_first_of("*?[") != text.npos;
}

bool glob_match(std::string_view pattern, std::string_view text) {
  std::size_t p = 0, t = 0, star = pattern.npos, resume = 0;
  while (t < text.size()) {
    bool matched = false;
    std::size_t next = p + 1;
    if (p < pattern.size()) {
      if (pattern[p] == '*') {
        star = p++;
        resume = t;
        continue;
      }
      if (pattern[p] == '?') {
        matched = true;
      } else if (const std::size_t close = pattern.find(']', p + 2);
                 pattern[p] == '[' && close != pattern.npos) {
        matched = pattern.substr(p + 1, close - p - 1).find(text[t]) != pattern.npos;
        next = close + 1;
      } else {
        matched = pattern[p] == text[t];
      }
    }
    if (matched) {
      p = next;
      ++t;
    } else if (star != pattern.npos) {
      p = star + 1;
      t = ++resume;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  for (std::size_t begin = 0;;) {
    const std::size_t end = text.find(separator, begin);
    parts.emplace_back(text.substr(begin, end - begin));
    if (end == text.npos) return parts;
    begin = end + 1;
  }
}

std::string_view trim(std::string_view text) {
  const auto space = [](char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; };
  while (!text.empty() && space(text.front())) text.remove_prefix(1);
  while (!text.empty() && space(text.back())) text.remove_suffix(1);
  return text;
}

std::string file_safe(std::string_view text, std::size_t most) {
  std::string safe;
  for (char c : replace_unprintable(text, [](char32_t) { return std::string("_"); })) {
    const auto u = static_cast<unsigned char>(c);
    if (c == '/' || c == '\\')
      safe += '-';
    else if (u < 0x20 || u == 0x7f || std::string_view("<>:\"|?*#").find(c) != std::string_view::npos)
      safe += '_';
    else
      safe += c;
  }
  if (safe.empty() || safe == "." || safe == "..") safe = "_" + safe;
  if (safe.size() > most) {
    std::size_t end = most;  // the beginning of a character, which has 4 bytes at most
    while (end > 0 && most - end < 3 && (static_cast<unsigned char>(safe[end]) >> 6) == 2) --end;
    safe.resize(end);
  }
  return safe;
}

std::size_t utf8_length(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) >> 6) != 2; }));
}

std::string shortened(std::string_view text, std::size_t most) {
  if (utf8_length(text) <= most) return std::string(text);
  std::size_t end = 0, kept = 0;
  while (kept + 1 < most) {
    ++end;
    while (end < text.size() && (static_cast<unsigned char>(text[end]) >> 6) == 2) ++end;
    ++kept;
  }
  return std::string(text.substr(0, end)) + "\u2026";
}

std::string shortened_middle(std::string_view text, std::size_t most) {
  if (utf8_length(text) <= most) return std::string(text);
  // Each code point begins with a byte that does not continue another.
  std::vector<std::size_t> begins;
  for (std::size_t i = 0; i < text.size(); ++i)
    if ((static_cast<unsigned char>(text[i]) >> 6) != 2) begins.push_back(i);
  const std::size_t kept = most > 0 ? most - 1 : 0, front = (kept + 1) / 2, back = kept - front;
  const std::size_t tail = back == 0 ? text.size() : begins[begins.size() - back];
  return fmt::format("{}\u2026{}", text.substr(0, begins[front]), text.substr(tail));
}

char32_t next_code_point(std::string_view& text) {
  const auto byte = [&text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(0);
  const std::size_t length = first < 0x80   ? 1
                             : first < 0xC2 ? 0
                             : first < 0xE0 ? 2
                             : first < 0xF0 ? 3
                             : first < 0xF5 ? 4
                                            : 0;
  char32_t code = length <= 1 ? first : first & (0x7FU >> length);
  bool valid = length > 0 && length <= text.size();
  for (std::size_t i = 1; valid && i < length; ++i) {
    valid = (byte(i) & 0xC0U) == 0x80;
    code = code << 6 | (byte(i) & 0x3FU);
  }
  // Not longer than necessary, and no surrogate.
  constexpr char32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
  valid = valid && code >= least[length] && code <= 0x10FFFF && !(code >= 0xD800 && code <= 0xDFFF);
  text.remove_prefix(valid ? length : 1);
  return valid ? code : U'\uFFFD';
}

std::string valid_utf8(std::string_view text) {
  std::string result;
  while (!text.empty()) {
    const std::string_view before = text;
    if (next_code_point(text) == U'\uFFFD')
      result += "\uFFFD";
    else
      result += before.substr(0, before.size() - text.size());
  }
  return result;
}

namespace {

bool unprintable(char32_t c) {
  struct Range {
    char32_t first, last;
  };
  static constexpr Range ranges[] = {
      {0x0, 0x1F},          // C0
      {0x7F, 0x9F},         // DEL, C1
      {0xAD, 0xAD},         // soft hyphen
      {0x61C, 0x61C},       // Arabic letter mark
      {0x180E, 0x180E},     // Mongolian vowel separator
      {0x200B, 0x200F},     // zero-width, marks of direction
      {0x2028, 0x202E},     // separators of lines and paragraphs, embeddings and overrides of direction
      {0x2060, 0x206F},     // word joiner, isolates, deprecated formats
      {0xFDD0, 0xFDEF},     // noncharacters
      {0xFEFF, 0xFEFF},     // zero-width no-break space (byte order mark)
      {0xFFF9, 0xFFFB},     // interlinear annotation
      {0xFFFE, 0xFFFF},     // noncharacters
      {0x1D173, 0x1D17A},   // musical formats
      {0xE0000, 0xE007F},   // tags
      {0x10FFFE, 0x10FFFF}  // noncharacters
  };
  return std::ranges::any_of(ranges, [c](const Range& r) { return c >= r.first && c <= r.last; });
}

/// Whether `c` is a zero-width joiner or non-joiner where writing needs it: a joiner between two emoji,
/// either after the virama of an Indic letter (as RFC 5892, A.1 and A.2), a non-joiner between Arabic
/// letters.
bool joins(char32_t before, char32_t c, char32_t after) {
  constexpr char32_t non_joiner = 0x200C, joiner = 0x200D;
  if (c != non_joiner && c != joiner) return false;
  static constexpr char32_t viramas[] = {0x94D, 0x9CD, 0xA4D, 0xACD, 0xB4D,  0xBCD,
                                         0xC4D, 0xCCD, 0xD4D, 0xDCA, 0x1039, 0x17D2};
  if (std::ranges::find(viramas, before) != std::end(viramas)) return true;
  const auto between = [](char32_t x, char32_t first, char32_t last) { return first <= x && x <= last; };
  const auto emoji = [&](char32_t x) { return between(x, 0x1F000, 0x1FAFF) || between(x, 0x2190, 0x2BFF); };
  const auto arabic = [&](char32_t x) { return between(x, 0x620, 0x64A) || between(x, 0x66E, 0x6D3); };
  constexpr char32_t emoji_style = 0xFE0F;
  return c == joiner ? (emoji(before) || before == emoji_style) && emoji(after)
                     : arabic(before) && arabic(after);
}

/// 0 for no text.
char32_t first_code_point(std::string_view text) {
  return text.empty() ? U'\0' : next_code_point(text);
}

std::string escaped(char32_t c) {
  const auto n = static_cast<std::uint32_t>(c);
  if (n < 0x80) return fmt::format("\\x{:02x}", n);
  return n < 0x10000 ? fmt::format("\\u{:04x}", n) : fmt::format("\\U{:08x}", n);
}

std::string escape_except_layout(char32_t c) {
  return c == '\n' || c == '\t' ? std::string(1, static_cast<char>(c)) : escaped(c);
}

std::string escape_or_space(char32_t c) {
  return c == '\n' || c == '\t' || c == '\r' ? " " : escaped(c);
}

}  // namespace

std::string replace_unprintable(std::string_view text, std::string (*escape)(char32_t)) {
  std::string result;
  result.reserve(text.size());
  const auto plain = [](char c) { return c >= ' ' && c <= '~'; };
  char32_t last = 0;
  while (!text.empty()) {
    const auto run = static_cast<std::size_t>(std::ranges::find_if_not(text, plain) - text.begin());
    result += text.substr(0, run);
    text.remove_prefix(run);
    if (run > 0) last = 0;
    if (text.empty()) break;
    const std::string_view before = text;
    const char32_t c = next_code_point(text);
    if (c == U'\uFFFD')
      result += "\uFFFD";
    else if (unprintable(c) && !joins(last, c, first_code_point(text)))
      result += escape(c);
    else
      result += before.substr(0, before.size() - text.size());
    last = c;
  }
  return result;
}

std::string printable(std::string_view text) {
  return replace_unprintable(text, escape_except_layout);
}

std::string one_line(std::string_view text) {
  return replace_unprintable(text, escape_or_space);
}

std::size_t json_depth(std::string_view text) {
  std::size_t depth = 0, most = 0;
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted && c == '\\')
      ++i;
    else if (c == '"')
      quoted = !quoted;
    else if (!quoted && (c == '[' || c == '{'))
      most = std::max(most, ++depth);
    else if (!quoted && (c == ']' || c == '}') && depth > 0)
      --depth;
  }
  return most;
}

std::string thousands(long long n) {
  std::string digits = fmt::format("{}", n);
  for (auto at = static_cast<std::ptrdiff_t>(digits.size()) - 3; at > (n < 0 ? 1 : 0); at -= 3)
    digits.insert(static_cast<std::size_t>(at), ",");
  return digits;
}

std::string counted(long long n, std::string_view noun) {
  return fmt::format("{} {}{}", thousands(n), noun, n == 1 ? "" : "s");
}

std::string short_count(std::int64_t n) {
  if (n < 10'000) return thousands(n);
  if (n < 999'500) return fmt::format("{:.3g} k", static_cast<double>(n) / 1e3);
  if (n < 999'500'000) return fmt::format("{:.3g} M", static_cast<double>(n) / 1e6);
  return fmt::format("{:.3g} G", static_cast<double>(n) / 1e9);
}

}  // namespace nv
