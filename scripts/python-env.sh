#!/usr/bin/env bash
# Prints the path of a Python that has the packages of scripts/requirements.txt, for the scripts that need Keras:
#   $(scripts/python-env.sh) scripts/check_layers.py
# It is $NV_PYTHON if set, else that of .cache/venv, which is made when it is missing or when requirements.txt or the
# Python it was made with have changed. Exit 1, with the reason on stderr, if there is none. Needs python3-venv; the
# packages take about 2.5 GB on disk.
set -euo pipefail
cd "$(dirname "$0")/.."

if [ -n "${NV_PYTHON:-}" ]; then
  "$NV_PYTHON" -c 'import keras, tf_keras' 2>/dev/null || { echo "NV_PYTHON=$NV_PYTHON has no keras and tf_keras" >&2; exit 1; }
  command -v "$NV_PYTHON"
  exit 0
fi

base=$(command -v python3) || { echo "python3 is not installed" >&2; exit 1; }
venv=.cache/venv
stamp=$( (cat scripts/requirements.txt; "$base" --version) | sha256sum | cut -d' ' -f1)
if [ "$(cat $venv/stamp 2>/dev/null)" != "$stamp" ]; then
  log=$(mktemp)
  trap 'rm -f "$log"' EXIT
  rm -rf $venv
  mkdir -p .cache
  # Without --no-compile pip compiles every file of TensorFlow, most of which are never imported.
  if ! { "$base" -m venv $venv && $venv/bin/pip install --quiet --no-compile -r scripts/requirements.txt; } >"$log" 2>&1; then
    reason=$(grep -m 1 -i error "$log" || tail -n 1 "$log")
    echo "scripts/requirements.txt could not be installed: $reason" >&2
    exit 1
  fi
  echo "$stamp" >$venv/stamp
fi
echo "$PWD/$venv/bin/python"
