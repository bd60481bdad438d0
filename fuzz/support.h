// Shared by the fuzz targets. A target is a parser of untrusted bytes: for any input, it must end in a result
// or an nv::Error, within 256 MB of memory.
#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "nv/core/error.h"
#include "nv/core/file.h"
#include "nv/core/memory.h"

namespace nv::fuzz {

/// A file in memory, under a name that libraries can open.
inline std::shared_ptr<FileReader> file_of(std::span<const std::uint8_t> bytes) {
  const int fd = ::memfd_create("fuzz", MFD_CLOEXEC);
  for (std::span<const std::uint8_t> rest = bytes; !rest.empty();) {
    const ssize_t n = ::write(fd, rest.data(), rest.size());
    if (n <= 0) break;
    rest = rest.subspan(static_cast<std::size_t>(n));
  }
  return std::make_shared<FileReader>(fd, "fuzz");
}

inline std::string_view text_of(std::span<const std::uint8_t> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// Runs `parse`, which may throw the exceptions that the library documents.
template <typename Parse>
void attempt(const Parse& parse) {
  try {
    parse();
  } catch (const Error& e) {
    // Each error has a message.
    if (std::string_view(e.what()).empty()) std::abort();
  } catch (const std::bad_alloc&) {
  }
}

}  // namespace nv::fuzz

/// The body of a target: `bytes` is the fuzzer's input.
#define NV_FUZZ_TARGET(bytes)                                                         \
  static void nv_fuzz_one(std::span<const std::uint8_t> bytes);                       \
  extern "C" int LLVMFuzzerInitialize(int*, char***) {                                \
    nv::set_memory_limit(std::uint64_t{256} << 20);                                   \
    return 0;                                                                         \
  }                                                                                   \
  extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) { \
    nv_fuzz_one({data, size});                                                        \
    return 0;                                                                         \
  }                                                                                   \
  static void nv_fuzz_one(std::span<const std::uint8_t> bytes)
