// Reading untrusted files in a child process.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>

namespace nv {

/// Time limit for work that reads `bytes_read` bytes from a file and unpacks them to `bytes_unpacked`: 5 s
/// plus what a slow machine needs for the bytes.
std::chrono::milliseconds time_for(std::uint64_t bytes_read, std::uint64_t bytes_unpacked = 0);

/// Runs `work` in a child process with limits on time and memory, and returns when it has ended well; the
/// caller then does the same work again in this process. So code that may crash on a damaged file
/// (libhdf5 1.10.8 does on one of forty), never end, or use all memory ends the child, not the program:
/// throws Error(input) that names `file`. An Error that the work throws is thrown here; other exceptions are
/// dropped, since the caller will meet them. Memory is limited to memory_limit() plus what the process and a
/// mapped file of `file_bytes` take. Throws Interrupted within a second of request_interrupt(). The child
/// ends with this process. The work must not wait for other threads: the child has none. If the system gives
/// no pipe or process, `work` runs in this process.
void try_in_child(const std::string& file, const std::function<void()>& work,
                  std::chrono::milliseconds time_limit = time_for(0), std::uint64_t file_bytes = 0);

}  // namespace nv
