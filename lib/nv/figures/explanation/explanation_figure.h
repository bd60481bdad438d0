// Figures of explanations of one input.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "nv/analysis/explain/filter_study.h"
#include "nv/analysis/explain/judge/judge.h"
#include "nv/analysis/explain/method.h"
#include "nv/figures/pass/pass.h"
#include "nv/render/charts/pixel_grid.h"
#include "nv/render/scene/scene.h"

namespace nv::figures {

struct NamedExplanation {
  std::string name;   ///< "grad-cam", "grad-cam: dog"
  std::string words;  ///< what it says, in one line: of one without a map
  const explain::Explanation* explanation = nullptr;
  std::vector<std::string> scores = {};  ///< "deletion 0.1"
};

struct ExplanationFigure {
  std::string title;                    ///< "grad-cam of the logit of cat"
  std::vector<NamedExplanation> shown;  ///< at least one; those without a map are a line below the figure
  int per_row = 0;                      ///< maps of a row: those of one class; 0: as many as fit
  /// Its verdict, remarks, and curves of deletion and insertion stand below; nullptr for none.
  const explain::judge::Judgement* judged = nullptr;
};

/// For each input of the model that is a picture: the input, each map laid over it, and, of a single one, the
/// map. Other inputs: their values alone, channel by channel.
render::Scene explanation_figure(const Pass& pass, const ExplanationFigure& figure, const Style& style = {},
                                 const render::Page& page = {});

/// The map over input `port` of the model without anything around it, each pixel enlarged by a whole factor
/// to at least 224 px of the longer side; an empty picture if that input is no picture, or has no map.
render::PixelGrid overlay_picture(const Pass& pass, const explain::Explanation& explanation,
                                  std::size_t port);

struct FilterFigure {
  std::string title;  ///< "filters of block3_conv2 for the logit of cat"
  std::string of;     ///< "logit of cat": the axis of the plot
};

/// The input, the relevance of a layer and of its most relevant channels laid over it; if they were frozen,
/// also what is left, and the scalar by the number of frozen channels with the model's class.
render::Scene filter_figure(const Pass& pass, const explain::FilterStudy& study, const FilterFigure& figure,
                            const Style& style = {}, const render::Page& page = {});

}  // namespace nv::figures
