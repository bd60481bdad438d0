// JSON as every command writes it.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "nv/core/shape.h"

namespace nv {

/// Keys stay in the order in which they are set.
using Json = nlohmann::ordered_json;

/// The shortest decimal that reads back as the same float32; NaN and infinities as the strings "NaN",
/// "Infinity" and
/// "-Infinity".
Json number(float value);
/// The same for float64.
Json number(double value);
Json number(std::optional<float> value);  ///< null where there is none

/// A new object, key by key: for items by the ten thousand, which initializer lists copy part by part.
class JsonObject {
 public:
  /// `keys` are about to be added.
  explicit JsonObject(std::size_t keys) { members_.reserve(keys); }
  /// `key` must not be there yet.
  JsonObject& add(const char* key, Json value) {
    members_.emplace_back(key, std::move(value));
    return *this;
  }
  Json take() { return std::move(members_); }

 private:
  Json::object_t members_;
};

/// A list of sizes; null for an unknown one.
Json shape_json(const Shape& shape);

/// `json` as a document: indented by one space a level, lists of numbers on one line, a line feed at the end.
/// Text that is not UTF-8 has its bad bytes replaced.
std::string document(const Json& json);
/// A document whose list `key` may be long: elements are written as they come, so that ten thousand inputs
/// are never one tree in memory.
class ListDocument {
 public:
  /// `head` holds the keys before the list.
  ListDocument(const Json& head, const std::string& key);
  void add(const Json& item);
  /// The whole text, with the keys of `tail` behind the list.
  std::string finish(const Json& tail) const;

 private:
  std::string text_;
  bool empty_ = true;
};

/// `json` on one line.
std::string line(const Json& json);

/// "neuralvis/COMMAND/1": the first key of every document.
std::string schema_id(const std::string& command);

}  // namespace nv
