// The configuration of a layer, as in the file.
#pragma once

#include <memory>
#include <nlohmann/json_fwd.hpp>

namespace nv {

/// An immutable JSON object that is cheap to copy. Headers only have the JSON library's forward declarations;
/// layers read their configuration through Options (layers).
class Config {
 public:
  Config();  ///< an empty object
  explicit Config(nlohmann::ordered_json json);
  /// To read it, include <nlohmann/json.hpp>.
  const nlohmann::ordered_json& json() const { return *json_; }

 private:
  std::shared_ptr<const nlohmann::ordered_json> json_;
};

}  // namespace nv
