// How the class's probability goes as an input changes in the order of importance, a line per method.
#pragma once

#include "nv/analysis/explain/judge/judge.h"
#include "nv/figures/style.h"
#include "nv/render/scene/scene.h"

namespace nv::figures {

/// Measures of a judgement that have curves: indices of explain::judge::measures().
std::vector<std::size_t> judged_curves(const explain::judge::Judgement& judgement);

/// The curves of one of these measures, and of random maps. `model`: its title. Throws Error(usage) if there
/// are no curves.
render::Scene judge_curves(const explain::judge::Judgement& judgement, std::size_t measure,
                           const std::string& model, const Style& style = {}, const render::Page& page = {});

}  // namespace nv::figures
