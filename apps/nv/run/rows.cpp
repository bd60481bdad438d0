#include "run/rows.h"

#include <fmt/format.h>

namespace nv {

std::vector<std::string> input_columns(std::size_t top, bool truth) {
  std::vector<std::string> columns{"id",
                                   "file",
                                   "status",
                                   "prediction.index",
                                   "prediction.label",
                                   "prediction.score",
                                   "prediction.probability"};
  for (std::size_t i = 0; i < top; ++i)
    for (const char* key : {"index", "label", "score"}) columns.push_back(fmt::format("top.{}.{}", i, key));
  if (truth) columns.insert(columns.end(), {"truth", "correct", "nll", "brier"});
  columns.insert(columns.end(), {"reason", "error"});
  return columns;
}

std::vector<std::string> layer_columns() {
  return {"id", "index", "path", "kind", "shape", "min", "max", "mean", "std", "active", "dead", "error"};
}

}  // namespace nv
