// Selecting items of a file: "#17", "--items 0-99".
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace nv {

/// Ranges of item numbers, from 0, in the order given.
class ItemRanges {
 public:
  /// Parses "17", "0-99" or "3,5,8-9". Throws Error(usage).
  explicit ItemRanges(std::string_view text);

  /// All numbers below `count`.
  std::vector<std::int64_t> below(std::int64_t count) const;
  /// Number of these.
  std::int64_t count_below(std::int64_t count) const;
  /// The first number that is not below `count`; nullopt if there is none.
  std::optional<std::int64_t> first_beyond(std::int64_t count) const;

 private:
  std::vector<std::pair<std::int64_t, std::int64_t>> ranges_;
};

}  // namespace nv
