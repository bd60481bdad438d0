// Whole commands, from exec to exit, as a shell loop pays for them: build/release/bin/nv_bench
// --benchmark_filter=command
#include <benchmark/benchmark.h>
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <vector>

extern char** environ;

namespace {

const std::string examples = NV_EXAMPLES;

/// Runs nv with stdout thrown away; its exit code.
int run_nv(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), NV_PROGRAM);
  std::vector<char*> argv;
  for (std::string& a : arguments) argv.push_back(a.data());
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  pid_t pid = 0;
  int status = -1;
  if (posix_spawn(&pid, NV_PROGRAM, &actions, nullptr, argv.data(), environ) == 0) waitpid(pid, &status, 0);
  posix_spawn_file_actions_destroy(&actions);
  return status;
}

void command(benchmark::State& state, const std::vector<std::string>& arguments) {
  for (auto _ : state)
    if (run_nv(arguments) != 0) state.SkipWithError("nv failed");
}

const std::string out = (std::filesystem::temp_directory_path() / "nv-bench-out").string();

BENCHMARK_CAPTURE(command, version, {"version"})->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK_CAPTURE(command, inspect_lenet, {"inspect", examples + "/models/lenet5-mnist.h5"})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();
BENCHMARK_CAPTURE(command, inspect_vgg12, {"inspect", examples + "/models/vgg12-cifar10.h5"})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();
BENCHMARK_CAPTURE(command, run_lenet_every_png,
                  {"run", examples + "/models/lenet5-mnist.h5", examples + "/digits/7_0293.png", "-o", out})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();
BENCHMARK_CAPTURE(command, run_vgg12_every_png,
                  {"run", examples + "/models/vgg12-cifar10.h5", examples + "/photos/chelsea-32.png", "-o",
                   out})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();
BENCHMARK_CAPTURE(command, predict_500_digits,
                  {"run", examples + "/models/lenet5-mnist.h5", examples + "/idx/kept-images-idx3-ubyte.gz",
                   "--predict"})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

}  // namespace
