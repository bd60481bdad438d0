#include "nv/figures/rank/ranked_sheet.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "nv/core/error.h"
#include "nv/figures/attack/contact_sheet.h"

namespace nv::figures {

render::Scene ranked_sheet(const RankedSheet& sheet, const Style& style, const render::Page& page) {
  if (std::ranges::none_of(sheet.items, [](const RankedSheet::Item& i) { return i.picture.whole(); }))
    throw_usage("{}: none of the first inputs is a picture", sheet.model);
  ContactSheet contact;
  const auto add = [&](const RankedSheet::Item& item, const std::string& text) {
    contact.samples.push_back({item.picture, "", "", text});
  };
  if (sheet.query) add(*sheet.query, "query: " + sheet.query->prediction);
  for (std::size_t i = 0; i < sheet.items.size(); ++i) {
    const RankedSheet::Item& item = sheet.items[i];
    add(item, fmt::format("{}: {}{}, {}", i + 1, item.prediction,
                          item.truth.empty() ? "" : fmt::format(" (true {})", item.truth),
                          std::isnan(item.score) ? "NaN" : fmt::format("{:.3g}", item.score)));
  }
  contact.title = sheet.title;
  contact.kind = fmt::format("by {}", sheet.metric);
  contact.source = sheet.model;
  contact.caption = fmt::format("rank: prediction{}, {}",
                                sheet.has_truth ? " (true class where it is wrong)" : "", sheet.metric);
  contact.theme = style.theme;
  contact.page = page;
  return draw(contact);
}

}  // namespace nv::figures
