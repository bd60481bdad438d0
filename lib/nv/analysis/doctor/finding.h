// What is wrong between a model and its inputs: one finding, and the evidence for it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "nv/data/preprocess.h"

namespace nv::doctor {

enum class Severity {
  warning,  ///< may be wrong
  error,    ///< is wrong
};

struct Evidence {
  std::string name;  ///< "accuracy"
  std::variant<std::int64_t, double, std::string> value;
};

struct Finding {
  std::string kind;  ///< name of the check
  Severity severity = Severity::error;
  std::string where;  ///< layer, input or class; "" for the whole
  std::string what;   ///< one line with the evidence
  std::string advice;
  std::vector<Evidence> evidence = {};
  std::optional<Preprocess> preprocess = std::nullopt;  ///< the better one
};

}  // namespace nv::doctor
