// Text: similar names for hints, glob patterns, UTF-8, text that is safe to print, numbers.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace nv {

/// "did you mean conv1, conv2?" with up to three of `names` that are similar to `word` (edit distance,
/// ignoring case), most similar first; "" if none is.
std::string did_you_mean(std::string_view word, std::span<const std::string> names);

/// Whether `text` matches a glob pattern: `*` any characters (also '/'), `?` one, `[abc]` one of these.
bool glob_match(std::string_view pattern, std::string_view text);
/// Whether `text` has a special character of glob patterns.
bool is_glob(std::string_view text);

/// The parts between separators; one part more than there are separators.
std::vector<std::string> split(std::string_view text, char separator);
/// `text` without white space at both ends.
std::string_view trim(std::string_view text);

/// `text` as part of a file name: UTF-8, with '/' and other unsafe bytes replaced by '-' or '_'; never empty,
/// "." or "..". Cut to `most` bytes at the end of a character: most file systems take 255, so that there is
/// room for numbers and an extension.
std::string file_safe(std::string_view text, std::size_t most = 180);

/// `text` cut to `most` code points; the last is an ellipsis if something was cut.
std::string shortened(std::string_view text, std::size_t most);
/// The same with the ellipsis in the middle: names of items and files differ at both ends.
std::string shortened_middle(std::string_view text, std::size_t most);
/// Number of code points of valid UTF-8.
std::size_t utf8_length(std::string_view text);
/// Removes the first code point of `text`, which is not empty, and returns it: U+FFFD for a byte that is not
/// part of valid UTF-8.
char32_t next_code_point(std::string_view& text);
/// `text` with each byte that is not part of valid UTF-8 replaced by U+FFFD, as JSON requires.
std::string valid_utf8(std::string_view text);

/// Nesting depth of brackets and braces outside of strings: recursive JSON parsers need stack in proportion
/// to it.
std::size_t json_depth(std::string_view text);

/// `text` as valid UTF-8, with each unprintable character replaced by `escape` of it. Unprintable are
/// characters that a terminal or viewer may interpret: controls (C0, DEL, C1), direction marks, zero-width
/// and other invisible characters, line separators, noncharacters. Zero-width joiners stay where they join
/// emoji or Indic letters, non-joiners between Arabic letters.
std::string replace_unprintable(std::string_view text, std::string (*escape)(char32_t));
/// `text` with unprintable characters except line feeds and tabs escaped ("\\x1b", "\\u202e") and invalid
/// bytes replaced by U+FFFD. Idempotent.
std::string printable(std::string_view text);
/// The same on one line: line feeds, carriage returns and tabs become spaces. For messages that quote
/// untrusted text.
std::string one_line(std::string_view text);

/// "1 input", "2 inputs", "1,200 inputs": a number and a noun that takes an s.
std::string counted(long long n, std::string_view noun);
/// 1234567 -> "1,234,567".
std::string thousands(long long n);
/// 1234567 -> "1.23 M".
std::string short_count(std::int64_t n);

}  // namespace nv
