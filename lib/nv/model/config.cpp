#include "nv/model/config.h"

#include <nlohmann/json.hpp>
#include <utility>

namespace nv {

Config::Config() : Config(nlohmann::ordered_json::object()) {}

Config::Config(nlohmann::ordered_json json)
    : json_(std::make_shared<const nlohmann::ordered_json>(std::move(json))) {}

}  // namespace nv
