// SHA-256 (FIPS 180-4): the name of a file's content that `sha256sum` gives too.
#pragma once

#include <cstddef>
#include <span>
#include <string>

namespace nv {

/// 64 hexadecimal digits.
std::string sha256(std::span<const std::byte> bytes);

}  // namespace nv
