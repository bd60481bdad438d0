// One input's pass through a model, from which its figures are drawn.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "nv/analysis/prediction.h"
#include "nv/analysis/run.h"
#include "nv/data/input.h"
#include "nv/data/preprocess.h"
#include "nv/engine/engine.h"
#include "nv/figures/pass/scores.h"
#include "nv/figures/style.h"
#include "nv/render/scene/heading.h"

namespace nv::figures {

/// Everything that is referred to must outlive it.
struct Pass {
  const Engine& engine;
  const std::vector<OutputKind>& outputs;  ///< output_kinds of the model
  const std::vector<std::string>& labels;  ///< class names; may be empty
  const Trace& trace;                      ///< holds the nodes that are drawn
  std::int64_t item;                       ///< index of the input in the batch of `trace`
  const Input& input;
  const RunResult& result;  ///< id, prediction and true class for the caption
  const Preprocess& preprocess;
};

/// "input 7_0412, predicted 7 (0.9998), truth 7".
std::string pass_caption(const Pass& pass);

/// Heading of a figure of node `node`, whose drawn values have the shape `shape`.
void set_heading(render::Heading& heading, const Pass& pass, std::size_t node, const Shape& shape);

/// Channels of the output of `node` that the engine freezes.
std::vector<int> frozen_channels(const Engine& engine, std::size_t node);

/// The scores of an output that classifies, as bars; of a single unit with a sigmoid those of both classes.
ScoreBars score_bars(const Pass& pass, const OutputKind& output, const Style& style,
                     const render::Page& page);

}  // namespace nv::figures
