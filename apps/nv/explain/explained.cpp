#include "explain/explained.h"

#include <algorithm>
#include <numeric>

#include "explain/top_patches.h"
#include "nv/core/text.h"

namespace nv {

void ChannelRanking::add(const explain::Explanation& explanation) {
  for (const explain::ChannelRelevance& c : explanation.channels) {
    const auto channel = static_cast<std::size_t>(c.channel);
    if (channel >= sums_.size()) sums_.resize(channel + 1);
    sums_[channel] += c.relevance;
  }
}

std::string ChannelRanking::take(std::int64_t count, const std::string& layer) const {
  std::vector<std::size_t> order(sums_.size());
  std::iota(order.begin(), order.end(), 0);
  std::ranges::stable_sort(order, std::greater<>(), [&](std::size_t c) { return sums_[c]; });
  std::string list;
  for (std::size_t k = 0; k < std::min(order.size(), static_cast<std::size_t>(count)); ++k)
    list += fmt::format("{}{}", k == 0 ? layer + ":" : ",", order[k]);
  return list;
}

std::string fall_text(const explain::FilterStudy& study, const std::vector<std::string>& labels) {
  const explain::Freezing& f = *study.freezing;
  const auto name = [&](std::size_t n) {
    return f.predictions[n] ? one_line(class_label(f.predictions[n]->index, labels)) : std::string("NaN");
  };
  const std::string value = fmt::format("{:.3g} → {:.3g}", f.values.front(), f.values.back());
  if (f.predictions.empty()) return value;
  const std::size_t last = f.values.size() - 1;
  if (const auto fall = f.fall())
    return fmt::format("{}, label {} → {} with {} frozen", value, name(0), name(*fall),
                       counted(static_cast<long long>(*fall), "channel"));
  return fmt::format("{}, label {} stays with {} frozen", value, name(0),
                     counted(static_cast<long long>(last), "channel"));
}

std::string method_list_text(const Console& console) {
  std::string text;
  for (const explain::Method& m : explain::methods()) {
    text +=
        fmt::format("{}  {}\n    {}\n", console.bold(fmt::format("{:<20}", m.name)), m.summary, m.reference);
    for (const explain::Parameter& p : m.parameters)
      text += fmt::format("    --set {}={:g}  {}\n", p.name, p.value, p.meaning);
    if (m.smooths) text += "    --set base=gradient  method that is smoothed\n";
  }
  text += fmt::format("{}  the patches of the inputs that excite --channel of --layer most\n    {}\n",
                      console.bold(fmt::format("{:<20}", TopPatches::method)),
                      "Zeiler & Fergus 2014, arXiv:1311.2901; Zhou 2015, arXiv:1412.6856");
  return text;
}

}  // namespace nv
