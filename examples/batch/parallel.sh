#!/usr/bin/env bash
# Attacks many inputs in parts that run at once (GNU parallel), and joins them to what one run would have written.
#
#   parallel.sh MODEL INPUTS METHOD EPS SHARDS OUT [OPTION of nv attack...]
#   parallel.sh examples/models/lenet5-mnist.h5 examples/digits pgd 0.2 4 out --truth from-name
#
# OUT/1 to OUT/SHARDS are the parts, OUT/all is the result. After an interruption the same command goes on.
# Environment: NV the program (nv), JOBS how many parts run at once (one a core), each with one thread.
set -euo pipefail
if [ $# -lt 6 ]; then
  sed -n 's/^# *\(parallel.sh MODEL\)/usage: \1/p' "$0" >&2
  exit 2
fi
model=$1 inputs=$2 method=$3 eps=$4 shards=$5 out=$6
shift 6
nv=${NV:-nv}

seq "$shards" | parallel --quote --halt now,fail=1 --jobs "${JOBS:-100%}" \
  "$nv" attack "$model" "$inputs" --method "$method" --eps "$eps" \
  --shard "{}/$shards" --resume --threads 1 --quiet -o "$out/{}" "$@" >/dev/null

mapfile -t parts < <(seq -f "$out/%.0f" "$shards")
"$nv" attack --merge "${parts[@]}" -o "$out/all"
