// Parses --shard I/N, and numbers in values of options.
#pragma once

#include <charconv>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "nv/core/error.h"
#include "nv/core/text.h"

namespace nv {

/// Parses the number in an option's value. Throws Error(usage).
template <typename T>
T parse_number(std::string_view text, std::string_view option) {
  T value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || text.empty())
    throw_usage("{}: expected a number, got '{}'", option, one_line(text));
  return value;
}

/// Parses "I/N" to (I - 1, N). Throws Error(usage).
std::pair<std::size_t, std::size_t> parse_shard(const std::string& text);

}  // namespace nv
