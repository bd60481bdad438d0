// Gzip, for MNIST's files as they are downloaded.
#pragma once

#include <span>
#include <string>

#include "nv/core/file.h"

namespace nv {

bool is_gzip(std::span<const std::byte> bytes);

/// What is inside, all members joined. Throws Error(input), beginning with `file`: damaged, cut short, or
/// larger than `limit` bytes when unpacked.
Bytes gunzip(std::span<const std::byte> bytes, const std::string& file,
             std::size_t limit = std::size_t{1} << 32);

}  // namespace nv
