// The exception that the library throws. Others are mistakes in nv, std::bad_alloc, and Interrupted
// (interrupt.h).
#pragma once

#include <fmt/format.h>

#include <stdexcept>
#include <string>
#include <utility>

namespace nv {

enum class ErrorKind {
  usage,  ///< what was asked for does not fit: an unknown layer, method or option, a number out of range
  input,  ///< a file is missing, damaged, not a model, not an image, of the wrong size
  unsupported,  ///< the model uses something that nv cannot compute
  output,       ///< a file cannot be written
};

/// what() is one line that begins with the file, if there is one; hint() is one more line, or "". Hints name
/// options of the program nv ("--max-memory 32G allows more").
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
