#include "shared/origin.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "nv/core/error.h"
#include "nv/core/file.h"
#include "nv/core/sha256.h"
#include "nv/core/text.h"

namespace nv {

namespace {

constexpr std::size_t max_hashed_bytes = std::size_t{64} << 20;

/// Options that do not affect pictures.
constexpr std::string_view irrelevant_options[] = {
    "--threads",    "--output", "--html",    "--color", "--shard", "--batch", "--force",
    "--max-memory", "--quiet",  "--verbose", "--json",  "--jsonl", "--csv",   "--tsv",
    "--lines",      "--resume", "--timings", "--exact", "--clean"};

/// Last component: "photos/7.png" is "7.png", "photos/" is "photos".
std::string last_part(std::string_view path) {
  std::string_view text = path;
  while (text.size() > 1 && (text.ends_with('/') || text.ends_with("/."))) text.remove_suffix(1);
  if (const std::size_t slash = text.rfind('/'); slash + 1 < text.size()) text.remove_prefix(slash + 1);
  return std::string(text);
}

bool exists(std::string_view path) {
  std::error_code ec;
  return !path.empty() && std::filesystem::exists(std::filesystem::path(path), ec);
}

/// Length of the longest prefix of "FILE", "FILE#ITEMS", "FILE.npz:KEY#ITEMS" that exists as a file; up to
/// '#' if there is none.
std::size_t file_part(std::string_view text) {
  for (std::size_t end = text.size(); end != std::string_view::npos && end > 0;
       end = text.find_last_of("#:", end - 1))
    if (exists(text.substr(0, end))) return end;
  return std::min(text.find('#'), text.size());
}

std::string without_folder(std::string_view text) {
  const std::size_t file = file_part(text);
  return last_part(text.substr(0, file)) + std::string(text.substr(file));
}

/// The same for lists of files and "a=x/1.png,b=y/2.png".
std::string without_folders(std::string_view value) {
  if (value == "-" || exists(value) || exists(value.substr(0, file_part(value))))
    return without_folder(value);
  std::string out;
  for (std::size_t begin = 0; begin <= value.size();) {
    const std::size_t end = std::min(value.find_first_of(",=", begin), value.size());
    out += without_folder(value.substr(begin, end - begin));
    if (end < value.size()) out += value[end];
    begin = end + 1;
  }
  return out;
}

/// Quoted for a shell if necessary; as $'...' if it has unprintable bytes.
std::string quoted(const std::string& argument) {
  const auto safe = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("_-+=:,./@%").find(c) != std::string_view::npos;
  };
  if (!argument.empty() && std::ranges::all_of(argument, safe)) return argument;
  if (one_line(argument) == argument) {
    std::string text = "'";
    for (const char c : argument) text += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return text + "'";
  }
  std::string text = "$'";
  for (const char c : argument) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '\'' || c == '\\')
      text += {'\\', c};
    else if (byte < 0x20 || byte >= 0x7F)
      text += fmt::format("\\x{:02x}", byte);
    else
      text += c;
  }
  return text + "'";
}

/// The option with one of its values, for a shell.
std::string shell_text(const OptionInfo& option, const std::string& given) {
  const std::string value = option.names_files() ? without_folders(given) : given;
  if (option.is_positional) return quoted(value != "-" && value.starts_with('-') ? "./" + value : value);
  const std::string& name = option.name();
  if (option.is_flag) return given == "true" ? name : name + "=" + quoted(given);
  // A value that begins with '-' would be parsed as an option.
  return name.starts_with("--") && value.starts_with('-') ? quoted(name + "=" + value)
                                                          : name + " " + quoted(value);
}

}  // namespace

std::string command_of(const OptionSet& options) {
  std::string text = "nv " + options.name();
  for (const auto& [option, value] : options.given())
    if (std::ranges::find(irrelevant_options, option.name()) == std::end(irrelevant_options))
      text += ' ' + shell_text(option, value);
  return text;
}

std::string Fingerprints::of(const std::string& path) {
  const std::lock_guard lock(mutex_);
  if (const auto at = cache_.find(path); at != cache_.end()) return at->second;
  if (path == "-") return cache_[path] = "standard input";
  std::string text = std::filesystem::path(path).filename().string();
  std::error_code ec;
  const std::uintmax_t size = std::filesystem::file_size(path, ec);
  if (!ec && size <= max_hashed_bytes) try {
      text += " sha256:" + sha256(read_file(path));
    } catch (const Error&) {  // the picture is written without the hash
    }
  return cache_[path] = text;
}

}  // namespace nv
