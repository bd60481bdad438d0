// The JSON of nv explain.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "explain/explained.h"
#include "nv/report/json.h"

namespace nv {

/// One answer of an input; of an input with an error, that (`answer` is not used).
Json explained_json(const Explained& e, std::size_t answer, const explain::Request& request,
                    const Model& model, const std::vector<std::string>& labels);

/// The document: of one method with its inputs, of several with "runs".
class ExplainDocument {
 public:
  ExplainDocument(const explain::Request& request, const Engine& engine,
                  const std::vector<std::string>& labels, const std::string& of);

  void add(const Explained& e);
  /// What text() has under "judge".
  void set_judgement(const Json& judgement) { judgement_ = judgement; }
  /// `summary`: over all inputs.
  std::string text(const Json& summary);

 private:
  const explain::Request& request_;
  const Model& model_;
  const std::vector<std::string>& labels_;
  Json head_, runs_, judgement_;
  std::optional<ListDocument> list_;  ///< of a single method
};

}  // namespace nv
