#include "origin.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "nv/core/error.h"
#include "nv/core/file.h"
#include "nv/core/sha256.h"

namespace nv {

namespace {

constexpr std::size_t most_hashed = std::size_t{64} << 20;

/// Options whose values name layers, or are numbers such as 8/255.
constexpr std::string_view no_paths[] = {"--layers", "--layer", "--filters", "--freeze", "--channel",
                                         "--eps",    "--set",   "--caption", "--curve",  "--step-size"};

/// Options that do not touch a picture, so that it is the same bytes at any number of threads and in any
/// folder; the first ones have a value.
constexpr std::string_view no_matter[] = {
    "--threads", "-o", "--output",  "--html", "--color", "--shard",  "--batch",   "--force", "-q",
    "--quiet",   "-v", "--verbose", "--json", "--jsonl", "--resume", "--timings", "--clean"};
constexpr std::size_t with_value = 7;

/// Every part between ',' or '=' from behind its last '/'.
std::string last_parts(std::string_view text) {
  std::string out;
  std::size_t part = 0;
  for (const char c : text) {
    if (c == '/') {
      out.resize(part);
      continue;
    }
    out += c;
    if (c == ',' || c == '=') part = out.size();
  }
  return out;
}

std::string quoted(const std::string& argument) {
  const bool plain = !argument.empty() && argument.find_first_of(" \t\n'\"\\$*?;&|<>()") == std::string::npos;
  if (plain) return argument;
  std::string text = "'";
  for (const char c : argument) text += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return text + "'";
}

}  // namespace

std::string command_without_paths(std::string_view command, std::span<const std::string> arguments) {
  std::string text = fmt::format("nv {}", command);
  std::string_view option;  // the one whose value comes next
  for (const std::string& argument : arguments) {
    const std::size_t equals = argument.starts_with("--") ? argument.find('=') : std::string::npos;
    const bool value = !option.empty();
    if (equals != std::string::npos) option = std::string_view(argument).substr(0, equals);
    const bool named = argument.starts_with("-") && argument.size() > 1;
    const std::string_view name = option.empty() && named ? std::string_view(argument) : option;
    const auto at = std::ranges::find(no_matter, name) - std::begin(no_matter);
    const bool matters =
        at == std::ssize(no_matter) || (value && static_cast<std::size_t>(at) >= with_value && !named);
    const bool kept = std::ranges::find(no_paths, option) != std::end(no_paths);
    if (matters) text += ' ' + quoted(kept ? argument : last_parts(argument));
    option = named && equals == std::string::npos ? std::string_view(argument) : "";
  }
  return text;
}

std::string Fingerprints::of(const std::string& path) {
  const std::lock_guard lock(mutex_);
  if (const auto at = known_.find(path); at != known_.end()) return at->second;
  if (path == "-") return known_[path] = "standard input";
  std::string text = std::filesystem::path(path).filename().string();
  std::error_code ec;
  const std::uintmax_t size = std::filesystem::file_size(path, ec);
  if (!ec && size <= most_hashed) try {
      text += " sha256:" + sha256(read_file(path));
    } catch (const Error&) {  // it was read before: the picture is not lost for the sake of its note
    }
  return known_[path] = text;
}

}  // namespace nv
