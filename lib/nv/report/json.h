// JSON documents. Sources that build or read them include <nlohmann/json.hpp>.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

#include "nv/core/shape.h"

namespace nv {

/// Keys keep the order in which they are set.
using Json = nlohmann::ordered_json;

/// The shortest decimal that reads back as the same float32; NaN and infinities as the strings "NaN",
/// "Infinity" and "-Infinity".
Json number(float value);
/// The same for float64.
Json number(double value);
Json number(std::optional<float> value);  ///< null for nullopt

/// A list of sizes; null for an unknown one.
Json shape_json(const Shape& shape);

/// `json` as text: indented by one space per level, lists of numbers on one line, a line feed at the end.
/// Bytes that are not UTF-8 are replaced.
std::string document(const Json& json);
/// A document with one long list under `key`: elements are formatted as they are added, so that the results
/// of ten thousand inputs are never one tree in memory.
class ListDocument {
 public:
  /// `head`: the keys before the list.
  ListDocument(const Json& head, const std::string& key);
  void add(const Json& item);
  /// The text that was not taken yet, which is removed: for documents that are printed in parts.
  std::string take();
  /// The text that was not taken, with the keys of `tail` after the list.
  std::string finish(const Json& tail) const;

 private:
  std::string text_;
  bool empty_ = true;
};

/// `json` on one line.
std::string line(const Json& json);

/// "neuralvis/COMMAND/1": the value of "schema", the first key of every document.
std::string schema_id(const std::string& command);

}  // namespace nv
