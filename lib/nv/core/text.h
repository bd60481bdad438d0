// Small text helpers: nearest names for hints, glob patterns, UTF-8.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace nv {

/// Up to `most` of `names` that are near `word` by edit distance (case-insensitive), nearest first.
std::vector<std::string> nearest_names(std::string_view word, std::span<const std::string> names,
                                       std::size_t most = 3);

/// "did you mean conv1, conv2?" or "" where nothing is near.
std::string did_you_mean(std::string_view word, std::span<const std::string> names);

/// Shell-like patterns: `*` any run of characters (also across '/'), `?` one, `[abc]` one of them.
bool glob_match(std::string_view pattern, std::string_view text);
bool is_glob(std::string_view text);

std::vector<std::string> split(std::string_view text, char separator);
std::string_view trim(std::string_view text);

/// `text` as UTF-8 with '/' and every byte that is unsafe in a file name replaced by '-' or '_'; never empty,
/// never "..". Cut to `most` bytes, not within a character: 255 is the limit of most file systems, so that
/// numbers and endings have room.
std::string file_safe(std::string_view text, std::size_t most = 180);

/// `text` cut to `most` characters (code points), the last an ellipsis where something was cut.
std::string shortened(std::string_view text, std::size_t most);
/// Number of code points.
std::size_t utf8_length(std::string_view text);
/// `text` with each byte that is not part of valid UTF-8 replaced by U+FFFD, so that it can go into JSON.
std::string valid_utf8(std::string_view text);

/// How deep brackets and braces stand within each other outside strings: what follows JSON by recursion needs
/// as much of the stack.
std::size_t json_depth(std::string_view text);

/// Whether a terminal or a viewer may act on the character instead of showing it: controls (C0, DEL, C1),
/// marks of direction, zero-width and other invisible ones, separators of lines, noncharacters.
bool unprintable(char32_t c);
/// Valid UTF-8 of `text`, with every unprintable character as `escape` writes it.
std::string replace_unprintable(std::string_view text, std::string (*escape)(char32_t));
/// `text` as it can be printed: unprintable characters become visible ("\\x1b", "\\u202e"), but for line
/// feeds and tabs; bad bytes U+FFFD. What is printed twice stays the same.
std::string printable(std::string_view text);
/// The same on one line: line feeds, carriage returns and tabs become spaces (messages that quote untrusted
/// text).
std::string one_line(std::string_view text);

/// 1234567 -> "1,234,567".
std::string thousands(long long n);
/// 1234567 -> "1.23 M".
std::string short_count(std::int64_t n);

}  // namespace nv
