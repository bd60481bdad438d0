// The lines of an attack's journal (attack.jsonl), which --resume and --merge read: the first one, then the
// others.
#include <nlohmann/json.hpp>

#include "attack/check.h"
#include "nv/core/text.h"
#include "support.h"

NV_FUZZ_TARGET(bytes) {
  using namespace nv;
  const std::vector<std::string> lines = split(fuzz::text_of(bytes), '\n');
  fuzz::attempt([&] {
    const Json head = parse_journal_line(lines[0]);
    if (head.is_discarded() || !wrong_in_head(head).empty()) return;
    for (std::size_t i = 1; i < lines.size(); ++i) {
      const Json item = parse_journal_line(lines[i]);
      if (item.is_discarded()) return;
      for (const Json& run : head["runs"]) (void)is_sound_item(item, run, i % 3);
    }
  });
}
