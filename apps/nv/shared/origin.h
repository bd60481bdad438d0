// What the files of pictures say of where they come from.
#pragma once

#include <map>
#include <mutex>
#include <string>

#include "shared/option_set.h"

namespace nv {

/// "nv run lenet5.h5 7.png --layers net/conv1": the command that was parsed, for a shell, as it is to be
/// typed in the folder of its files. Names of files have lost their folders, so that a picture tells nobody
/// how a machine's folders are called; every other value is whole. Options that do not touch pictures are
/// left out with their values (-o, --threads...), so that the same picture is the same bytes. `options` has
/// parsed the command line and nothing else.
std::string command_of(const OptionSet& options);

/// Names contents of files: "7.png sha256:1f2e...". Any thread may call it; a file is read once.
class Fingerprints {
 public:
  /// Standard input, a file that cannot be read any more and one beyond 64 MB have their name alone.
  std::string of(const std::string& path);

 private:
  std::mutex mutex_;
  std::map<std::string, std::string> known_;
};

}  // namespace nv
