// The one exception that a user can cause. Its kind is the exit code of the program (spec: 2 usage,
// 3 input, 4 unsupported, 5 output), so that a library caller and a shell script see the same distinction.
#pragma once

#include <fmt/format.h>

#include <stdexcept>
#include <string>
#include <utility>

namespace nv {

enum class ErrorKind {
  usage = 2,        ///< the command line is wrong: an unknown layer, an option that does not fit
  input = 3,        ///< a file is missing, damaged, not a model, not an image, of the wrong size
  unsupported = 4,  ///< the model uses something that nv cannot compute
  output = 5,       ///< a file cannot be written
};

/// One line that says what is wrong, beginning with the file where there is one, and at most one hint.
class Error : public std::runtime_error {
 public:
  Error(ErrorKind kind, const std::string& what, std::string hint = {})
      : std::runtime_error(what), kind_(kind), hint_(std::move(hint)) {}

  ErrorKind kind() const { return kind_; }
  const std::string& hint() const { return hint_; }

 private:
  ErrorKind kind_;
  std::string hint_;
};

/// Throws an input error: `throw_input("{}: not an image", path)`.
template <typename... Args>
[[noreturn]] void throw_input(fmt::format_string<Args...> format, Args&&... args) {
  throw Error(ErrorKind::input, fmt::format(format, std::forward<Args>(args)...));
}

template <typename... Args>
[[noreturn]] void throw_usage(fmt::format_string<Args...> format, Args&&... args) {
  throw Error(ErrorKind::usage, fmt::format(format, std::forward<Args>(args)...));
}

template <typename... Args>
[[noreturn]] void throw_unsupported(fmt::format_string<Args...> format, Args&&... args) {
  throw Error(ErrorKind::unsupported, fmt::format(format, std::forward<Args>(args)...));
}

template <typename... Args>
[[noreturn]] void throw_output(fmt::format_string<Args...> format, Args&&... args) {
  throw Error(ErrorKind::output, fmt::format(format, std::forward<Args>(args)...));
}

}  // namespace nv
