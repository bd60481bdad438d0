// The results of nv explain for one input, and as text.
#pragma once

#include <memory>
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

/// What an answer says of one input of a model with several.
struct InputMap {
  std::size_t port = 0;  ///< index in Model::inputs
  std::string words;
  std::string layer;    ///< whose maps were used; "" for none
  std::string overlay;  ///< file; "" for none
};

struct Explained {
  std::string id, file, preprocess, error;
  std::optional<Prediction> prediction = {};
  std::vector<explain::Answer> answers = {};
  std::vector<FileNames> files = {};                ///< per answer
  std::vector<explain::judge::Scores> scores = {};  ///< per answer, with --judge
  std::vector<std::vector<InputMap>> maps = {};     ///< per answer; of a model with one input none
  std::shared_ptr<const explain::judge::Judgement> judged = {};  ///< for a single sheet
  std::string anchor = {};                                       ///< of its section on the page
};

/// The maps of each input of a model with several.
std::vector<std::vector<InputMap>> input_maps(const std::vector<explain::Answer>& answers, const Model& model,
                                              const Structure& structure);

/// "13.8 → 5.4, label cat → dog with 3 channels frozen: conv2:4,0,7"; "..., label cat stays with 8 channels
/// frozen: conv2:4,0,7,...".
std::string fall_text(const explain::FilterStudy& study, const Model& model,
                      const std::vector<std::string>& labels);

/// What --list prints.
std::string method_list_text(const Console& console);
/// The same for --list --json (docs/schema/explain-list.json).
Json method_list_json();

}  // namespace nv
