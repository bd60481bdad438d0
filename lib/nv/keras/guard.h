// Work on a stranger's bytes, tried where it can do no harm.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>

namespace nv {

/// How long work may take that reads so many bytes from a file and makes so many numbers of them: 5 s, and
/// what a slow machine needs for the bytes.
std::chrono::milliseconds time_for(std::uint64_t bytes_read, std::uint64_t bytes_unpacked = 0);

/// Does `work` in a child process with limits on time and memory, and comes back once that has survived it.
/// An Error that the work throws is thrown here; anything else that it throws is dropped: the caller does it
/// again and meets it there. So code that may crash on a damaged file (libhdf5 1.10.8 does on one in forty),
/// go on for ever, or eat all memory ends a child, not the program: then throws Error(input) that names
/// `file`. Memory is limited to memory_limit() beyond what the process and a mapped file of `file_bytes`
/// take. Throws Interrupted within a second of request_interrupt(). However this process ends, the child
/// ends with it. The work must not wait for other threads: the child has none.
void try_in_child(const std::string& file, const std::function<void()>& work,
                  std::chrono::milliseconds most = time_for(0), std::uint64_t file_bytes = 0);

}  // namespace nv
