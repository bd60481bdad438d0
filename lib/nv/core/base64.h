// Base64 (RFC 4648), padded, on one line.
#pragma once

#include <cstddef>
#include <span>
#include <string>

namespace nv {

/// Encodes `bytes`.
std::string base64(std::span<const std::byte> bytes);

}  // namespace nv
