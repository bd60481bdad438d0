// What bytes are, whatever the name that they come under.
#include <algorithm>
#include <array>
#include <cctype>
#include <cstring>

#include "nv/core/error.h"
#include "nv/core/text.h"
#include "nv/keras/audit/parts.h"

namespace nv {

namespace {

bool begins(std::span<const std::byte> bytes, std::string_view magic) {
  return bytes.size() >= magic.size() && std::memcmp(bytes.data(), magic.data(), magic.size()) == 0;
}

/// Pickles of protocol 2 and later begin with PROTO and end with STOP; older ones are told by their first
/// global.
bool is_pickle(std::span<const std::byte> bytes) {
  const auto at = [&](std::size_t i) { return std::to_integer<int>(bytes[i]); };
  // Behind PROTO comes a frame, a container, a text or a global.
  constexpr std::string_view framed("\x95\x8c}](", 5), plain("}](cXUVMKJ", 10);
  if (bytes.size() >= 4 && at(0) == 0x80 && at(1) >= 2 && at(1) <= 5)
    return (at(1) < 4 ? plain : framed).find(static_cast<char>(at(2))) != std::string_view::npos;
  if (bytes.size() < 6 || at(0) != 'c') return false;
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()),
                              std::min<std::size_t>(bytes.size(), 200));
  const std::size_t first = text.find('\n');
  if (first == std::string_view::npos) return false;
  const std::size_t second = text.find('\n', first + 1);
  if (second == std::string_view::npos || second == first + 1 || first == 1) return false;
  return std::ranges::all_of(text.substr(1, second - 1), [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '.' || c == '\n';
  });
}

/// Packages of Python; without those whose names TensorFlow also has ("io", "signal").
constexpr auto reaching = std::to_array<std::string_view>(
    {"os",          "sys",         "subprocess",   "posix",           "nt",      "pty",      "shutil",
     "socket",      "ssl",         "http",         "urllib",          "urllib2", "requests", "ftplib",
     "smtplib",     "webbrowser",  "imp",          "runpy",           "code",    "codeop",   "importlib",
     "builtins",    "__builtin__", "__builtins__", "pickle",          "cPickle", "_pickle",  "dill",
     "cloudpickle", "joblib",      "marshal",      "ctypes",          "cffi",    "pathlib",  "tempfile",
     "commands",    "pip",         "setuptools",   "multiprocessing", "asyncio", "timeit",   "linecache"});

constexpr auto telling = std::to_array<std::string_view>(
    {"os",      "sys",      "subprocess", "system",       "popen",     "Popen",    "exec",
     "eval",    "compile",  "open",       "__import__",   "importlib", "builtins", "socket",
     "urllib",  "requests", "pickle",     "marshal",      "ctypes",    "shutil",   "getattr",
     "globals", "environ",  "base64",     "load_library", "get_file"});

}  // namespace

std::optional<Suspicion> suspicious_content(std::span<const std::byte> bytes) {
  constexpr Suspicion executable{"executable", "an executable"};
  if (is_pickle(bytes)) return Suspicion{"pickle", "a pickle"};
  if (begins(bytes,
             "\x7f"
             "ELF") ||
      begins(bytes, "\xcf\xfa\xed\xfe") || begins(bytes, "\xca\xfe\xba\xbe"))
    return executable;
  if (begins(bytes, "MZ") && bytes.size() > 64) return executable;
  if (begins(bytes, "#!/")) return Suspicion{"executable", "a script"};
  return std::nullopt;
}

std::string dangerous_names(std::string_view bytes) {
  std::vector<std::string_view> found;
  const auto word = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; };
  for (const std::string_view name : telling) {
    for (std::size_t at = bytes.find(name); at != std::string_view::npos; at = bytes.find(name, at + 1)) {
      // In marshalled code a byte of the length stands before a name and the next type behind it: both may be
      // letters, but not part of a longer name of the same length.
      const bool before =
          at == 0 || !word(bytes[at - 1]) || static_cast<std::size_t>(bytes[at - 1]) == name.size();
      const std::size_t end = at + name.size();
      const bool length = at > 0 && static_cast<unsigned char>(bytes[at - 1]) == name.size();
      const bool wide =
          at > 3 && static_cast<unsigned char>(bytes[at - 4]) == name.size() && bytes[at - 1] == 0;
      const bool behind = end >= bytes.size() || !word(bytes[end]) || length || wide;
      if (!before || !behind) continue;
      found.push_back(name);
      break;
    }
  }
  return fmt::format("{}", fmt::join(found, ", "));
}

bool reaches_system(std::string_view dotted) {
  const std::string_view first = dotted.substr(0, dotted.find('.'));
  return std::ranges::find(reaching, first) != reaching.end();
}

}  // namespace nv
