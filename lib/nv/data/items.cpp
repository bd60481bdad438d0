#include "nv/data/items.h"

#include <algorithm>
#include <charconv>

#include "nv/core/error.h"
#include "nv/core/text.h"

namespace nv {

namespace {

constexpr std::size_t most_digits = 15;

std::int64_t number(std::string_view word, std::string_view text) {
  std::int64_t value = -1;
  const char* end = word.data() + word.size();
  if (!word.empty() && word.size() <= most_digits && word[0] != '-') {
    const auto result = std::from_chars(word.data(), end, value);
    if (result.ec == std::errc{} && result.ptr == end) return value;
  }
  throw_usage("expected numbers from 0 and ranges, as 17, 0-99 or 3,5,8, got '{}'", one_line(text));
}

}  // namespace

ItemRanges::ItemRanges(std::string_view text) {
  for (const std::string& part : split(text, ',')) {
    const std::string_view range = trim(part);
    const std::size_t dash = range.find('-');
    const std::int64_t first = number(range.substr(0, dash), text);
    const std::int64_t last = dash == std::string_view::npos ? first : number(range.substr(dash + 1), text);
    if (last < first) throw_usage("expected ranges from low to high, got '{}'", one_line(text));
    ranges_.emplace_back(first, last);
  }
}

std::vector<std::int64_t> ItemRanges::below(std::int64_t count) const {
  std::vector<std::int64_t> items;
  for (const auto& [first, last] : ranges_)
    for (std::int64_t i = first; i <= std::min(last, count - 1); ++i) items.push_back(i);
  return items;
}

std::int64_t ItemRanges::count_below(std::int64_t count) const {
  std::int64_t n = 0;
  for (const auto& [first, last] : ranges_)
    n += std::max<std::int64_t>(std::min(last, count - 1) - first + 1, 0);
  return n;
}

std::optional<std::int64_t> ItemRanges::first_beyond(std::int64_t count) const {
  for (const auto& [first, last] : ranges_)
    if (last >= count) return std::max(first, count);
  return std::nullopt;
}

}  // namespace nv
