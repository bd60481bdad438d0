// The JSON of --config (what to freeze, which operators) and --freeze.
#include "nv/analysis/mutation/mutate.h"
#include "support.h"

NV_FUZZ_TARGET(bytes) {
  using namespace nv;
  const std::string text(fuzz::text_of(bytes));
  fuzz::attempt([&] { (void)parse_mutations(text, "fuzz", "output"); });
  fuzz::attempt([&] { (void)parse_freeze(text, "output"); });
}
