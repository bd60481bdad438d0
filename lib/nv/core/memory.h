// How much memory one run may take. Sizes that a file claims are held against it before memory is asked for.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace nv {

/// In bytes: what set_memory_limit said, else half of the memory that this process may use (the machine's, or
/// its cgroup's limit).
std::uint64_t memory_limit();
void set_memory_limit(std::uint64_t bytes);

/// "512M", "4G", "4GiB", "1.5G", "1000000": bytes, with K, M, G, T as powers of 1024. Throws Error(usage).
std::uint64_t parse_memory(std::string_view text);

/// Bytes for people: "6.3 GB", "12 MB" (powers of 1024).
std::string memory_text(std::uint64_t bytes);

/// Throws Error(input) "`what`: needs 6.3 GB of memory, the limit is 2.0 GB" where `bytes` are more than the
/// limit; `what` begins with the file.
void check_memory(std::uint64_t bytes, std::string_view what);

}  // namespace nv
