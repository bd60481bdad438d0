// JSON objects built key by key.
#pragma once

#include <cstddef>
#include <nlohmann/json.hpp>
#include <utility>

#include "nv/report/json.h"

namespace nv {

/// A new object, for items by the ten thousand: initializer lists copy each part.
class JsonObject {
 public:
  /// `keys`: the number of keys that will be added.
  explicit JsonObject(std::size_t keys) { members_.reserve(keys); }
  /// `key` must be new.
  JsonObject& add(const char* key, Json value) {
    members_.emplace_back(key, std::move(value));
    return *this;
  }
  Json take() { return std::move(members_); }

 private:
  Json::object_t members_;
};

}  // namespace nv
