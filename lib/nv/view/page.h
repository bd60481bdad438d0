// The page of `nv view`: a template (viewer/) that gets a model and inputs.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "nv/core/bytes.h"
#include "nv/core/tensor.h"

namespace nv::view {

/// An input that the page shows from the start.
struct PageInput {
  std::string name;
  std::vector<Tensor> tensors;  ///< per model input, no batch axis
  std::optional<std::int64_t> truth;
  std::optional<std::size_t> origin;  ///< index of the input that this adversarial sample was made from
  std::string file = {};              ///< its name, for commands
  std::string method = {};            ///< the attack that made an adversarial sample
  std::optional<double> l2 = {}, linf = {};  ///< its distances from the original
};

struct PageModel {
  Bytes packed;       ///< pack_model's
  std::string file;   ///< its name, for titles and commands
  std::string title;  ///< "" for the page's own
};

/// The whole page. Names may hold anything: what goes into HTML is base64 or escaped. viewer/ARCHITECTURE.md
/// describes the parts. The template must have a place for them (std::logic_error).
std::string page(std::string_view page_template, const PageModel& model, std::span<const PageInput> inputs);

}  // namespace nv::view
