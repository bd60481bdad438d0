// Where an untrusted file is read first.
#pragma once

namespace nv {

enum class Isolation {
  none,  ///< in this process: a damaged file may crash it, since libhdf5 1.10.8 crashes on some
  /// In a child process (fork) with limits on time and memory, before this process reads the same again: a
  /// crash is an Error(input). SIGINT and SIGTERM are blocked in the calling thread while the child starts.
  child_process,
};

}  // namespace nv
