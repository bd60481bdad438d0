#include "explain/pooled.h"

#include <algorithm>
#include <functional>
#include <nlohmann/json.hpp>
#include <numeric>

namespace nv {

void Pooled::add(const explain::Answer& answer) {
  for (const explain::ChannelRelevance& c : answer.explanation.channels) {
    const auto channel = static_cast<std::size_t>(c.channel);
    if (channel >= relevance_.size()) relevance_.resize(channel + 1);
    relevance_[channel] += c.relevance;
  }
  if (!answer.study || !answer.study->freezing || answer.study->freezing->predictions.empty()) return;
  ++frozen_;
  changed_ += answer.study->freezing->fall() ? 1 : 0;
}

std::string Pooled::take() const {
  std::vector<std::size_t> order(relevance_.size());
  std::iota(order.begin(), order.end(), 0);
  std::ranges::stable_sort(order, std::greater<>(), [&](std::size_t c) { return relevance_[c]; });
  std::string list;
  for (std::size_t k = 0; k < std::min(order.size(), static_cast<std::size_t>(taken_)); ++k)
    list += fmt::format("{}{}", k == 0 ? layer_ + ":" : ",", order[k]);
  return list;
}

void Pooled::add_to(Json& summary) const {
  if (const std::string channels = take(); !channels.empty()) summary["take"] = channels;
  if (frozen_ > 0) summary["label_changes"] = changed_;
}

void Pooled::print(Console& console, std::size_t inputs) const {
  const std::string channels = take();
  const bool several = inputs > 1;
  if (!freezes_) {
    if (channels.empty()) return;
    console.result(channels + "\n");
    if (several)
      console.note(fmt::format("these channels have the largest mean relevance over {} inputs", inputs));
    return;
  }
  if (several && frozen_ > 0)
    console.result(fmt::format("label changes: {} of {} inputs\n", changed_, frozen_));
  if (channels.empty()) return;
  const std::string what =
      several ? fmt::format("largest mean relevance over {} inputs", inputs) : "most relevant";
  console.result(fmt::format("{} (nv mutate --freeze takes it): {}\n", what, channels));
}

}  // namespace nv
