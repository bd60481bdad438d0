// Origin of a picture, for its metadata: command line and hashes of files.
#pragma once

#include <map>
#include <mutex>
#include <string>

#include "shared/option_set.h"

namespace nv {

/// Parsed command line, quoted for a shell: "nv run lenet5.h5 7.png --layers net/conv1". Folders of files are
/// removed, so that pictures do not reveal paths; other values are complete. Options that do not affect
/// pictures (-o, --threads...) are left out, so that equal pictures have equal bytes. `options` has parsed
/// the command line, without defaults.
std::string command_of(const OptionSet& options);

/// Name and hash of files: "7.png sha256:1f2e...". Thread-safe; each file is read once.
class Fingerprints {
 public:
  /// Only the name for standard input, an unreadable file and one above 64 MB.
  std::string of(const std::string& path);

 private:
  std::mutex mutex_;
  std::map<std::string, std::string> cache_;
};

}  // namespace nv
