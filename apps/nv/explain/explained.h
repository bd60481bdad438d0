// The results of nv explain for one input, and as text.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "nv/analysis/explain/explain.h"
#include "nv/analysis/explain/judge/judge.h"
#include "nv/analysis/prediction.h"
#include "nv/report/json.h"
#include "shared/console.h"

namespace nv {

/// Kind ("png", "npy") and name of files.
using FileNames = std::vector<std::pair<std::string, std::string>>;

struct Explained {
  std::string id, file, preprocess, error;
  std::optional<Prediction> prediction = {};
  std::vector<explain::Answer> answers = {};
  std::vector<FileNames> files = {};                ///< per answer
  std::vector<explain::judge::Scores> scores = {};  ///< per answer, with --judge
  std::vector<std::string> judgement = {};          ///< verdict and remarks, for a single sheet
  std::string anchor = {};                          ///< of its section on the page
};

/// Sums of relevance per channel over inputs and classes, for --take.
class ChannelRanking {
 public:
  void add(const explain::Explanation& explanation);
  /// "LAYER:3,0,12": the `count` channels of the largest mean relevance, the largest first; "" if there was
  /// no explanation.
  std::string take(std::int64_t count, const std::string& layer) const;

 private:
  std::vector<double> sums_;
};

/// "label cat → dog with 3 channels frozen"; "label cat stays with 8 channels frozen".
std::string fall_text(const explain::FilterStudy& study, const std::vector<std::string>& labels);

/// What --list prints.
std::string method_list_text(const Console& console);
/// The same for --list --json (docs/schema/explain-list.json).
Json method_list_json();

}  // namespace nv
