// What the files of pictures say of where they come from.
#pragma once

#include <map>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace nv {

/// "nv run lenet5.h5 7.png --layers net/conv1": the command line with paths cut to their last part, so that a
/// picture tells nobody how a machine's folders are called. Names of layers keep theirs.
std::string command_without_paths(std::string_view command, std::span<const std::string> arguments);

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
