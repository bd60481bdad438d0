#include "support.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <fstream>
#include <iterator>
#include <sstream>
#include <thread>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validator.hpp>

#include "nv/core/file.h"
#include "nv/data/npy.h"
#include "nv/keras/hdf5/writer.h"

namespace nv::test {

namespace fs = std::filesystem;

namespace {

/// Both ends of a pipe; each is closed once.
class Pipe {
 public:
  Pipe() { REQUIRE(::pipe2(ends_, O_CLOEXEC) == 0); }
  Pipe(int reader, int writer) : ends_{reader, writer} {}
  ~Pipe() {
    close_reader();
    close_writer();
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  int reader() const { return ends_[0]; }
  int writer() const { return ends_[1]; }
  void close_reader() { close_end(0); }
  void close_writer() { close_end(1); }

 private:
  void close_end(int i) {
    if (ends_[i] >= 0) ::close(ends_[i]);
    ends_[i] = -1;
  }
  int ends_[2] = {-1, -1};
};

/// A terminal: what is written to one end is read unchanged from the other.
Pipe terminal(int columns) {
  const int reader = ::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
  REQUIRE(reader >= 0);
  REQUIRE(::grantpt(reader) == 0);
  REQUIRE(::unlockpt(reader) == 0);
  const int writer = ::open(::ptsname(reader), O_RDWR | O_NOCTTY | O_CLOEXEC);
  REQUIRE(writer >= 0);
  termios settings{};
  REQUIRE(::tcgetattr(writer, &settings) == 0);
  ::cfmakeraw(&settings);
  REQUIRE(::tcsetattr(writer, TCSANOW, &settings) == 0);
  winsize size{};
  size.ws_col = static_cast<unsigned short>(columns);
  size.ws_row = 24;
  REQUIRE(::ioctl(writer, TIOCSWINSZ, &size) == 0);
  return {reader, writer};
}

/// Variables that are always set, so that the environment does not affect output.
std::vector<std::string> environment(const Setting& setting) {
  std::map<std::string, std::string> variables{
      {"PATH", "/usr/bin:/bin"}, {"LC_ALL", "C.UTF-8"}, {"TERM", "xterm"}};
  for (const char* kept : {"ASAN_OPTIONS", "UBSAN_OPTIONS", "LLVM_PROFILE_FILE", "GCOV_PREFIX"})
    if (const char* value = std::getenv(kept)) variables[kept] = value;
  for (const auto& [name, value] : setting.extra) variables[name] = value;
  std::vector<std::string> list;
  for (const auto& [name, value] : variables) list.push_back(name + "=" + value);
  return list;
}

std::vector<char*> pointers(std::vector<std::string>& strings) {
  std::vector<char*> list;
  for (std::string& s : strings) list.push_back(s.data());
  list.push_back(nullptr);
  return list;
}

/// Appends available bytes; returns false at the end.
bool drain(int fd, std::string& text) {
  char buffer[1 << 16];
  const ssize_t n = ::read(fd, buffer, sizeof buffer);
  if (n > 0) text.append(buffer, static_cast<std::size_t>(n));
  return n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR));
}

}  // namespace

Outcome run_nv(const Arguments& arguments, const Setting& setting) {
  Arguments words{setting.program};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<std::string> variables = environment(setting);
  const std::vector<char*> argv = pointers(words), envp = pointers(variables);
  Pipe in, out = setting.terminal_columns > 0 ? terminal(setting.terminal_columns) : Pipe(), err;
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {  // only calls that are safe between fork and exec
    const int to = setting.stdout_file.empty() ? out.writer() : ::open(setting.stdout_file.c_str(), O_WRONLY);
    const int to_err =
        setting.stderr_file.empty() ? err.writer() : ::open(setting.stderr_file.c_str(), O_WRONLY);
    if (setting.close_stdout_early) ::close(out.reader());
    if (!setting.folder.empty() && ::chdir(setting.folder.c_str()) != 0) ::_exit(126);
    ::dup2(in.reader(), STDIN_FILENO);
    ::dup2(to, STDOUT_FILENO);
    ::dup2(to_err, STDERR_FILENO);
    ::execve(argv[0], argv.data(), envp.data());
    ::_exit(127);
  }
  in.close_reader();
  out.close_writer();
  err.close_writer();
  if (setting.close_stdout_early) out.close_reader();
  std::thread feeder([&in, &setting] {  // a program that does not read must not block us
    std::string_view rest = setting.input;
    while (!rest.empty()) {
      const ssize_t n = ::write(in.writer(), rest.data(), rest.size());
      if (n <= 0) break;
      rest.remove_prefix(static_cast<std::size_t>(n));
    }
    in.close_writer();
  });

  Outcome outcome;
  pollfd watched[2] = {{out.reader(), POLLIN, 0}, {err.reader(), POLLIN, 0}};
  std::string* texts[2] = {&outcome.out, &outcome.err};
  const auto start = std::chrono::steady_clock::now();
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(2);
  bool late = false;
  while (watched[0].fd >= 0 || watched[1].fd >= 0) {
    ::poll(watched, 2, 10);
    for (int i = 0; i < 2; ++i)
      if (watched[i].fd >= 0 && watched[i].revents != 0 && !drain(watched[i].fd, *texts[i]))
        watched[i].fd = -1;
    if (!setting.interrupt_when.empty() && fs::exists(setting.interrupt_when) &&
        std::chrono::steady_clock::now() - start > std::chrono::milliseconds(setting.interrupt_after_ms)) {
      ::kill(child, SIGINT);
      break;
    }
    if (!late && std::chrono::steady_clock::now() > deadline) {
      late = true;
      ::kill(child, SIGKILL);
    }
  }
  for (int i = 0; i < 2; ++i)
    while (watched[i].fd >= 0 && drain(watched[i].fd, *texts[i])) {
    }
  int status = 0;
  rusage usage{};
  ::wait4(child, &status, 0, &usage);
  outcome.peak_kb = usage.ru_maxrss;
  feeder.join();
  CHECK_FALSE(late);
  if (WIFEXITED(status)) outcome.code = WEXITSTATUS(status);
  if (WIFSIGNALED(status)) outcome.signal = WTERMSIG(status);
  REQUIRE(outcome.code != 127);
  return outcome;
}

Json nv_json(const std::string& schema, const Arguments& arguments, const Setting& setting) {
  const Outcome outcome = run_nv(arguments, setting);
  INFO(outcome.err);
  REQUIRE(outcome.code == 0);
  const Json json = parse(outcome.out);
  CHECK(violations(schema, json) == "");
  return json;
}

std::string violations(const std::string& schema, const Json& json) {
  // "run#item" is the definition `item` of run.json.
  const std::size_t mark = schema.find('#');
  nlohmann::json rules =
      nlohmann::json::parse(read(fs::path(NV_SCHEMAS) / (schema.substr(0, mark) + ".json")));
  if (mark != std::string::npos)
    rules = {{"$defs", rules["$defs"]}, {"$ref", "#/$defs/" + schema.substr(mark + 1)}};
  const nlohmann::json document = nlohmann::json::parse(json.dump());
  valijson::Schema parsed;
  valijson::SchemaParser().populateSchema(valijson::adapters::NlohmannJsonAdapter(rules), parsed);
  valijson::ValidationResults results;
  if (valijson::Validator().validate(parsed, valijson::adapters::NlohmannJsonAdapter(document), &results))
    return "";
  std::string text;
  for (valijson::ValidationResults::Error error; results.popError(error);) {
    for (const std::string& part : error.context) text += part;
    text += ": " + error.description + '\n';
  }
  return text.empty() ? "not valid" : text;
}

Json parse(std::string_view text) {
  Json json = Json::parse(text, nullptr, false);
  INFO(text);
  REQUIRE_FALSE(json.is_discarded());
  return json;
}

Json parse_file(const fs::path& file) {
  return parse(read(file));
}

std::string typed(const Arguments& arguments) {
  std::string text = "nv";
  for (const std::string& word : arguments) text += ' ' + word;
  return text;
}

std::string read(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  INFO(file.string());
  REQUIRE(stream.good());
  return {std::istreambuf_iterator<char>(stream), {}};
}

void write(const fs::path& file, std::string_view text) {
  if (file.has_parent_path()) fs::create_directories(file.parent_path());
  std::ofstream stream(file, std::ios::binary);
  stream << text;
  REQUIRE(stream.good());
}

std::vector<std::string> lines(std::string_view text) {
  std::istringstream stream{std::string(text)};
  std::vector<std::string> list;
  for (std::string line; std::getline(stream, line);) list.push_back(line);
  return list;
}

std::size_t count_of(std::string_view text, std::string_view part) {
  REQUIRE_FALSE(part.empty());
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string_view::npos; at = text.find(part, at + part.size()))
    ++count;
  return count;
}

std::map<std::string, std::string> tree(const fs::path& folder) {
  std::map<std::string, std::string> files;
  for (const std::string& name : names(folder)) files[name] = read(folder / name);
  return files;
}

std::vector<std::string> names(const fs::path& folder) {
  std::vector<std::string> list;
  if (!fs::exists(folder)) return list;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder))
    if (!entry.is_directory()) list.push_back(fs::relative(entry.path(), folder).string());
  std::ranges::sort(list);
  return list;
}

std::string not_one_error(const Outcome& outcome, const std::string& beginning) {
  const std::vector<std::string> error_lines = lines(outcome.err);
  if (!outcome.out.empty()) return "standard output is not empty: " + outcome.out;
  if (outcome.signal != 0) return "ended by a signal";
  if (error_lines.empty()) return "no error";
  if (!error_lines[0].starts_with("nv: error: " + beginning))
    return "not 'nv: error: " + beginning + "': " + outcome.err;
  if (error_lines.size() > 2 || (error_lines.size() == 2 && !error_lines[1].starts_with("hint: ")))
    return "more than one line: " + outcome.err;
  return "";
}

Folder::Folder() {
  std::string pattern = (fs::temp_directory_path() / "nv-cli-XXXXXX").string();
  path_ = ::mkdtemp(pattern.data());
}

Folder::~Folder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

std::string fixture(const std::string& name) {
  return NV_FIXTURES "/" + name;
}
std::string example(const std::string& name) {
  return NV_EXAMPLES "/" + name;
}

Arguments json_model(const Folder& folder, const Json& layers,
                     const std::vector<std::pair<std::string, nv::Tensor>>& weights,
                     const std::string& name) {
  const Json model{{"class_name", "Sequential"}, {"config", {{"name", name}, {"layers", layers}}}};
  write(folder / "m.json", model.dump());
  nv::write_file(folder / "m.weights.h5", nv::encode_hdf5(weights));
  return {folder / "m.json", "--weights", folder / "m.weights.h5"};
}

Arguments dense_model(const Folder& folder, const std::vector<std::string>& names, float weight,
                      const std::string& model_name) {
  Json layers = Json::array();
  layers.push_back(
      {{"class_name", "InputLayer"}, {"config", {{"name", "x"}, {"batch_shape", {nullptr, 3}}}}});
  std::vector<std::pair<std::string, nv::Tensor>> arrays;
  for (std::size_t i = 0; i < names.size(); ++i) {
    layers.push_back({{"class_name", "Dense"}, {"config", {{"name", names[i]}, {"units", 3}}}});
    const std::string vars = "layers/dense" + (i == 0 ? "" : "_" + std::to_string(i)) + "/vars/";
    arrays.emplace_back(vars + "0", nv::Tensor(nv::Shape{3, 3}, weight));
    arrays.emplace_back(vars + "1", nv::Tensor(nv::Shape{3}, 0.125F));
  }
  return json_model(folder, layers, arrays, model_name);
}

std::string vector_input(const Folder& folder, const std::vector<float>& numbers, const std::string& name) {
  const nv::Tensor item(nv::Shape{static_cast<std::int64_t>(numbers.size())}, numbers);
  nv::write_file(folder / name, nv::encode_npy(item));
  return folder / name;
}

Arguments with(const std::string& command, Arguments words, const Arguments& more) {
  words.insert(words.begin(), command);
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

Arguments with(Arguments words, const Arguments& more) {
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

}  // namespace nv::test
