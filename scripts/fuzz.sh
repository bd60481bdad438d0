#!/usr/bin/env bash
# Fuzzes the parsers of untrusted files: scripts/fuzz.sh MINUTES [TARGET...]. Builds the targets of fuzz/ with clang 14,
# gathers seeds from the fixtures and examples, and divides MINUTES among the targets, one per core. Prints for each the
# executions, the edges covered and the findings, which stay in build/fuzz/findings. Exit 1 if one is in nv: crashes whose
# stack is inside libhdf5 are known (docs/hardening.md) and only counted.
set -euo pipefail
cd "$(dirname "$0")/.."
[ $# -ge 1 ] || { echo "usage: scripts/fuzz.sh MINUTES [TARGET...]" >&2; exit 2; }
minutes=$1
shift
all=(config hdf5 archive arrays idx image samples selectors mutation defaults journal)
targets=("${@:-${all[@]}}")
cores=$(nproc)
work=build/fuzz

if [ -z "${NV_FUZZ_BUILT:-}" ]; then
  scripts/install-deps.sh --ci
  cmake --preset fuzz >/dev/null
  cmake --build --preset fuzz --target "${targets[@]/#/fuzz_}"
fi

# Seeds: copies, so that nothing of the sources changes.
seed() { # TARGET FILE...
  local folder=$work/corpus/$1 file
  mkdir -p "$folder"
  shift
  for file in "$@"; do [ -f "$file" ] && cp "$file" "$folder/$(echo "$file" | sha1sum | cut -c1-16)"; done
}
small() { find tests/fixtures examples fuzz/seeds docs/schema -size -"$1" -name "$2" | sort; }
text() { # TARGET TEXT...
  local folder=$work/corpus/$1
  mkdir -p "$folder"
  shift
  for line in "$@"; do printf '%b' "$line" >"$folder/$(printf '%s' "$line" | sha1sum | cut -c1-16)"; done
}
mapfile -t hdf5 < <(small 64k '*.h5'); seed hdf5 "${hdf5[@]}"
mapfile -t keras < <(small 64k '*.keras'); seed archive "${keras[@]}"
mapfile -t npy < <(small 64k '*.npy'; small 256k '*.npz'); seed arrays "${npy[@]}"
mapfile -t pictures < <(small 32k '*.png'; find fuzz/seeds/image -type f); seed image "${pictures[@]}"
mapfile -t idx < <(small 64k '*idx*'; find fuzz/seeds/idx -type f); seed idx "${idx[@]}"
python3 - "$work/corpus/config" "${keras[@]}" <<'PY'
import os, sys, zipfile
os.makedirs(sys.argv[1], exist_ok=True)
for i, name in enumerate(sys.argv[2:]):
    try:
        text = zipfile.ZipFile(name).read("config.json")
    except Exception:  # some fixtures are damaged on purpose
        continue
    if len(text) < 65536:
        open(os.path.join(sys.argv[1], f"seed-{i}"), "wb").write(text)
PY
text mutation '{"freeze":[{"layer":"conv1","filters":[0,3]}]}' '[{"layer_name":"conv2d","feature_index":0}]' \
  '{"mutations":[{"op":"gaussian","layer":"fc","seed":1,"sigma":0.5}]}' 'conv1:0,3,8-11'
text selectors 'conv*,@Dense,3,2-5' 'a/b#1@0' 'all' 'none' '0-99' '3,5,8' 'linf<0.1' 'method=pgd' 'id!=7_*'
text samples '{"id":"a","file":"a.npy","label":3,"origin":"7.png","method":"pgd","params":{"eps":0.1},"l2":1.5}\n'
text journal '{"schema":"neuralvis/attack/1","request":{},"runs":[{"method":"pgd","params":{"eps":0.1}}]}\n{"run":0,"id":"a","file":"a.png","status":"success","original":{"index":1,"label":null,"score":0.5,"probability":null},"adversarial":{"index":2,"label":null,"score":0.5,"probability":null},"l0":1,"l1":0.1,"l2":0.1,"linf":0.1,"queries":3,"gradients":2,"survives_png":true,"files":{}}\n'
text defaults 'labels = "names.txt"\npreprocess = "unit"\nmean = [0.1, 0.2]\ninvert = true\n' '[run]\ntop = 3\n' \
  'labels = ["cat", "dog"]\n'

share=$(awk -v m="$minutes" -v c="$cores" -v n="${#targets[@]}" 'BEGIN { s = int(m * 60 * c / n); print s < 5 ? 5 : s }')
run() { # TARGET
  local findings=$work/findings/$1
  mkdir -p "$findings" "$work/corpus/$1" "$work/logs"
  ASAN_OPTIONS=detect_leaks=0:allocator_may_return_null=0:max_allocation_size_mb=2000 \
    "$work/bin/fuzz_$1" -fork=1 -ignore_crashes=1 -ignore_ooms=1 -ignore_timeouts=1 -timeout=10 -rss_limit_mb=3000 \
    -max_total_time="$share" -artifact_prefix="$findings/" "$work/corpus/$1" >"$work/logs/$1.log" 2>&1 || true
}
export -f run
export work share
printf '%s\n' "${targets[@]}" | xargs -P "$cores" -I{} bash -c 'run {}'

# Runs a finding again, and prints where it fails: nowhere (a timeout on a busy machine), hdf5 if the first frame that is
# not the sanitizers' is in libhdf5, else nv.
place_of() { # TARGET FILE
  local output stack
  if output=$(ASAN_OPTIONS=detect_leaks=0 "$work/bin/fuzz_$1" -timeout=10 -rss_limit_mb=3000 "$2" 2>&1); then
    echo nowhere
    return
  fi
  stack=$(grep -E '^ *#[0-9]+ 0x' <<<"$output" | grep -v -E 'sanitizer|asan|fuzzer|interceptor|mem(set|cpy|move)|libc\.so|fuzz_[a-z0-9]+\+0x|raise|abort' || true)
  [[ $(head -1 <<<"$stack") == *libhdf5* ]] && echo hdf5 || echo nv
}
ours=0
printf '%-10s %12s %8s %6s %8s\n' target executions edges nv libhdf5
for target in "${targets[@]}"; do
  last=$(grep -E '^#[0-9]+: cov:' "$work/logs/$target.log" | tail -1 || true)
  executions=$(sed -E 's/^#([0-9]+):.*/\1/' <<<"$last")
  edges=$(sed -E 's/.*cov: ([0-9]+).*/\1/' <<<"$last")
  mine=0 known=0
  for finding in "$work/findings/$target"/*; do
    [ -f "$finding" ] || continue
    case $(place_of "$target" "$finding") in
      hdf5) known=$((known + 1)) ;;
      nv) mine=$((mine + 1)) ;;
    esac
  done
  ours=$((ours + mine))
  [ -n "$executions" ] || { echo "scripts/fuzz.sh: $target did not run: $work/logs/$target.log" >&2; exit 1; }
  printf '%-10s %12s %8s %6s %8s\n' "$target" "${executions:-0}" "${edges:-0}" "$mine" "$known"
done
[ "$ours" -eq 0 ] || { echo "findings: $work/findings/TARGET; run $work/bin/fuzz_TARGET FILE" >&2; exit 1; }
