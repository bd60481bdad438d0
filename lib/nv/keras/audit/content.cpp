// Recognizes code and pickled data by their bytes.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "nv/core/bytes.h"
#include "nv/core/text.h"
#include "nv/keras/audit/parts.h"

namespace nv {

namespace {

/// Pickles of protocol 2 and later begin with PROTO; older ones are recognized by their first global.
bool is_pickle(std::span<const std::byte> bytes) {
  const auto at = [&](std::size_t i) { return std::to_integer<int>(bytes[i]); };
  // PROTO is followed by a frame, a container, a text or a global.
  constexpr std::string_view framed("\x95\x8c}](", 5), plain("}](cXUVMKJ", 10);
  if (bytes.size() >= 4 && at(0) == 0x80 && at(1) >= 2 && at(1) <= 5)
    return (at(1) < 4 ? plain : framed).find(static_cast<char>(at(2))) != std::string_view::npos;
  if (bytes.size() < 6 || at(0) != 'c') return false;
  const std::string_view text = as_text(bytes).substr(0, 200);
  const std::size_t first = text.find('\n');
  if (first == std::string_view::npos) return false;
  const std::size_t second = text.find('\n', first + 1);
  if (second == std::string_view::npos || second == first + 1 || first == 1) return false;
  return std::ranges::all_of(text.substr(1, second - 1), [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '.' || c == '\n';
  });
}

/// Python packages that reach the system, without those whose names TensorFlow also uses ("io", "signal").
constexpr auto system_packages = std::to_array<std::string_view>(
    {"os",          "sys",         "subprocess",   "posix",           "nt",      "pty",      "shutil",
     "socket",      "ssl",         "http",         "urllib",          "urllib2", "requests", "ftplib",
     "smtplib",     "webbrowser",  "imp",          "runpy",           "code",    "codeop",   "importlib",
     "builtins",    "__builtin__", "__builtins__", "pickle",          "cPickle", "_pickle",  "dill",
     "cloudpickle", "joblib",      "marshal",      "ctypes",          "cffi",    "pathlib",  "tempfile",
     "commands",    "pip",         "setuptools",   "multiprocessing", "asyncio", "timeit",   "linecache"});

/// Names in bytecode or pickled data that are worth reporting.
constexpr auto reported_names = std::to_array<std::string_view>(
    {"os",      "sys",      "subprocess", "system",       "popen",     "Popen",    "exec",
     "eval",    "compile",  "open",       "__import__",   "importlib", "builtins", "socket",
     "urllib",  "requests", "pickle",     "marshal",      "ctypes",    "shutil",   "getattr",
     "globals", "environ",  "base64",     "load_library", "get_file"});

/// Whether bytes begin as a code object of Python's marshal: its type, then the number of arguments.
bool is_bytecode(std::string_view bytes) {
  if (bytes.size() < 24) return false;
  const auto at = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
  return (at(0) == 0xe3 || at(0) == 'c') && at(1) < 64 && at(2) == 0 && at(3) == 0 && at(4) == 0;
}

/// Characters up to U+00FF as a byte each, at most `most` bytes of the text.
std::string latin1_bytes(std::string_view text, std::size_t most) {
  std::string bytes;
  for (std::size_t i = 0; i < std::min(text.size(), most); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if ((c == 0xc2 || c == 0xc3) && i + 1 < text.size())
      bytes.push_back(static_cast<char>((c & 3U) << 6 | (static_cast<unsigned char>(text[++i]) & 0x3fU)));
    else
      bytes.push_back(static_cast<char>(c));
  }
  return bytes;
}

}  // namespace

std::optional<SuspiciousContent> suspicious_content(std::span<const std::byte> bytes) {
  constexpr SuspiciousContent executable{"executable", "an executable"};
  if (is_pickle(bytes)) return SuspiciousContent{"pickle", "a pickle"};
  if (starts_with(bytes,
                  "\x7f"
                  "ELF") ||
      starts_with(bytes, "\xcf\xfa\xed\xfe") || starts_with(bytes, "\xca\xfe\xba\xbe"))
    return executable;
  if (starts_with(bytes, "MZ") && bytes.size() > 64) return executable;
  if (starts_with(bytes, "#!/")) return SuspiciousContent{"executable", "a script"};
  return std::nullopt;
}

std::string dangerous_names(std::string_view bytes) {
  std::vector<std::string_view> found;
  const auto word = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; };
  for (const std::string_view name : reported_names) {
    for (std::size_t at = bytes.find(name); at != std::string_view::npos; at = bytes.find(name, at + 1)) {
      // In marshalled code a name is preceded by its length and followed by the type of the next value. Both
      // may be letters, which then are not part of a longer name.
      const bool before =
          at == 0 || !word(bytes[at - 1]) || static_cast<std::size_t>(bytes[at - 1]) == name.size();
      const std::size_t end = at + name.size();
      const bool length = at > 0 && static_cast<unsigned char>(bytes[at - 1]) == name.size();
      const bool wide =
          at > 3 && static_cast<unsigned char>(bytes[at - 4]) == name.size() && bytes[at - 1] == 0;
      const bool after = end >= bytes.size() || !word(bytes[end]) || length || wide;
      if (!before || !after) continue;
      found.push_back(name);
      break;
    }
  }
  return fmt::format("{}", fmt::join(found, ", "));
}

std::optional<std::string> from_base64(std::string_view text, std::size_t most) {
  std::string bytes;
  unsigned bits = 0;
  int count = 0;
  for (const char c : text) {
    int value = -1;
    if (c >= 'A' && c <= 'Z') value = c - 'A';
    if (c >= 'a' && c <= 'z') value = c - 'a' + 26;
    if (c >= '0' && c <= '9') value = c - '0' + 52;
    if (c == '+' || c == '-') value = 62;
    if (c == '/' || c == '_') value = 63;
    if (c == '\n' || c == '\r') continue;
    if (c == '=') break;
    if (value < 0) return std::nullopt;
    bits = bits << 6 | static_cast<unsigned>(value);
    if (++count % 4 != 1)
      bytes.push_back(static_cast<char>(bits >> (count % 4 == 2 ? 4 : count % 4 == 3 ? 2 : 0)));
    if (bytes.size() >= most) break;
  }
  return bytes;
}

HiddenBytes hidden_bytes(const std::string& text) {
  constexpr std::size_t most = 1 << 20;
  HiddenBytes hidden;
  if (text.size() < 16) return hidden;
  const auto examine = [&](std::string bytes) {
    hidden.code = is_bytecode(bytes);
    const auto found = suspicious_content(std::as_bytes(std::span(bytes)));
    hidden.pickle = found && found->rule == "pickle";
    if (hidden.code || hidden.pickle) hidden.bytes = std::move(bytes);
    return hidden.code || hidden.pickle;
  };
  if (examine(latin1_bytes(text, most))) return hidden;
  if (auto bytes = from_base64(text, most)) examine(std::move(*bytes));
  return hidden;
}

void audit_text(const std::string& text, const std::string& place, AuditReport& report) {
  const HiddenBytes hidden = hidden_bytes(text);
  const std::string names = dangerous_names(hidden.bytes);
  if (hidden.code || hidden.pickle)
    report.add(hidden.code ? "lambda-bytecode" : "pickle", place,
               fmt::format("{} of {} bytes{}{}", hidden.code ? "Python bytecode" : "a pickle",
                           hidden.bytes.size(), names.empty() ? "" : " that mentions ", names));
}

bool reaches_system(std::string_view dotted) {
  const std::string_view first = dotted.substr(0, dotted.find('.'));
  return is_one_of(first, system_packages);
}

std::string in_quotes(std::string_view text, std::size_t most) {
  return '\'' + shortened(one_line(text), most) + '\'';
}

}  // namespace nv
