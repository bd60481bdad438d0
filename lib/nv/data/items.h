// Which items of a file that holds many: "#17", "--items 0-99".
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace nv {

/// Numbers from 0, in the order given.
class ItemRanges {
 public:
  /// "17", "0-99", "3,5,8-9". Throws Error(usage).
  explicit ItemRanges(std::string_view text);

  /// Those below `count`.
  std::vector<std::int64_t> below(std::int64_t count) const;
  /// How many those are.
  std::int64_t count_below(std::int64_t count) const;
  /// The first that is not below `count`.
  std::optional<std::int64_t> first_beyond(std::int64_t count) const;

 private:
  std::vector<std::pair<std::int64_t, std::int64_t>> ranges_;
};

}  // namespace nv
