// A layer's configuration, as the file has it.
#pragma once

#include <memory>
#include <nlohmann/json_fwd.hpp>

namespace nv {

/// An immutable JSON object that is cheap to copy. The JSON library stays out of headers: whoever reads a
/// configuration includes it, and layer kinds read theirs through Options (layers/options.h).
class Config {
 public:
  Config();  ///< an empty object
  explicit Config(nlohmann::ordered_json json);
  const nlohmann::ordered_json& json() const { return *json_; }

 private:
  std::shared_ptr<const nlohmann::ordered_json> json_;
};

}  // namespace nv
