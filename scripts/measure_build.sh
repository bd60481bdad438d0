#!/usr/bin/env bash
# Measures a cold build: processor time (user + system) of each compile step, one at a time and without ccache, the sum
# for `nv` alone and for everything with tests, and the ten slowest files.
#   scripts/measure_build.sh [TARGET...]    the targets one after the other, each with the sum so far; "nv all" by default
# In build/measure, which is removed before. Other work on the machine makes the numbers larger: run it alone.
set -euo pipefail
cd "$(dirname "$0")/.."
targets=("${@:-nv}")
[ $# -gt 0 ] || targets+=(all)
build=build/measure
rm -rf $build
mkdir -p $build

# Compiles, and appends "USER SYSTEM FILE" to the log. The source file is the last word of the compiler's command.
cat >$build/launcher <<'END'
#!/usr/bin/env bash
TIMEFORMAT="%3U %3S ${*: -1}"
{ time "$@" 2>&3; } 3>&2 2>>"$NV_MEASURE_LOG"
END
chmod +x $build/launcher
export NV_MEASURE_LOG=$PWD/$build/steps
: >"$NV_MEASURE_LOG"
cmake --preset release -B $build -DNV_TESTS=ON -DCMAKE_CXX_COMPILER_LAUNCHER="$PWD/$build/launcher" >/dev/null

echo "$(g++ --version | head -n 1), $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1), load $(cut -d' ' -f1 /proc/loadavg)"
TIMEFORMAT="%U %S"
total=0
for target in "${targets[@]}"; do
  if ! times=$({ time cmake --build $build --target "$target" -j1 >$build/log 2>&1; } 2>&1); then
    cat $build/log >&2
    exit 1
  fi
  total=$(awk -v t="$total" '{ print t + $1 + $2 }' <<<"$times")
  awk -v target="$target" -v total="$total" '{ s += $1 + $2; if ($1 + $2 > 8) slow++ }
    END { printf "%-12s %4d compile steps %7.0f s, with linking and generated files %7.0f s; %d steps over 8 s\n", target, NR, s, total, slow }' "$NV_MEASURE_LOG"
done
echo "slowest:"
awk '{ printf "%7.1f s  %s\n", $1 + $2, $3 }' "$NV_MEASURE_LOG" | sort -rn | head -n 10 | sed "s|$PWD/||"
