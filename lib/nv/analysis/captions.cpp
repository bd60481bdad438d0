#include "nv/analysis/captions.h"

#include <fmt/format.h>

#include <filesystem>

namespace nv {

std::string model_title(const Model& model) {
  return std::filesystem::path(model.file).filename().string();
}

std::string prediction_text(const std::optional<Prediction>& p, bool classifies) {
  if (!p) return classifies ? "NaN" : "-";
  return fmt::format("{} ({})", p->label,
                     p->probability ? probability_text(static_cast<double>(*p->probability))
                                    : fmt::format("{:.4g}", p->score));
}

std::string probability_text(double p) {
  if (p == 0 || p == 1) return p == 0 ? "0" : "1";
  if (p < 5e-5) return "< 0.0001";
  if (p > 0.99995) return "> 0.9999";
  return fmt::format("{:.4f}", p);
}

}  // namespace nv
