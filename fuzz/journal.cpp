// The journal of an attack (attack.jsonl), which --resume and --merge read.
#include "attack_journal.h"
#include "nv/report/attack.h"
#include "support.h"

NV_FUZZ_TARGET(bytes) {
  using namespace nv;
  static const std::string folder = [] {
    std::string pattern = "/dev/shm/nv-fuzz-XXXXXX";
    return std::string(::mkdtemp(pattern.data()));
  }();
  write_file(folder + "/" + attack_journal_name, fuzz::text_of(bytes));
  fuzz::attempt([&] {
    const AttackRecord record = read_attack_record(folder);
    (void)attack_journal_text(record.head, record.items);
    for (const auto& run : record.items)
      for (const Json& item : run) (void)attack_result_of(item);
  });
}
