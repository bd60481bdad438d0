// A limit on memory. Sizes that a file claims are checked against it before memory is allocated.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace nv {

/// The limit in bytes: that of set_memory_limit, else half of the memory that this process may use (the
/// machine's, or the limit of its cgroup).
std::uint64_t memory_limit();
/// Sets the limit for the whole process; 0 restores the default. Sets no limit of the system (setrlimit).
void set_memory_limit(std::uint64_t bytes);

/// Parses an amount of memory in bytes: "512M", "4G", "4GiB", "1.5G", "1000000"; K, M, G, T are powers of
/// 1024. Throws Error(usage).
std::uint64_t parse_memory(std::string_view text);

/// An amount as text: "6.3 GB", "12 MB" (powers of 1024).
std::string memory_text(std::uint64_t bytes);

/// Throws Error(input) "`what`: needs 6.3 GB of memory, the limit is 2.0 GB" if `bytes` exceeds the limit.
/// `what` begins with the file.
void check_memory(std::uint64_t bytes, std::string_view what);

}  // namespace nv
