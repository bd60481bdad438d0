// Untrusted sample lists (samples.jsonl).
#include "nv/data/sample_list.h"

#include "nv/data/sample_query.h"
#include "support.h"

NV_FUZZ_TARGET(bytes) {
  using namespace nv;
  fuzz::attempt([&] {
    const std::vector<SampleLine> lines = parse_sample_list(std::string(fuzz::text_of(bytes)), "fuzz");
    for (const SampleLine& line : lines) (void)sample_values(line);
    (void)sample_list_text(merge_samples(lines, lines));
  });
}
