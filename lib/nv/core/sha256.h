// SHA-256 (FIPS 180-4).
#pragma once

#include <cstddef>
#include <span>
#include <string>

namespace nv {

/// The digest as 64 hexadecimal digits, as sha256sum prints it.
std::string sha256(std::span<const std::byte> bytes);

}  // namespace nv
