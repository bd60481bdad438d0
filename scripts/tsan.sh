#!/usr/bin/env bash
# Runs with the thread sanitizer the tests of what uses several threads: the pool, the engine, runs and attacks over many
# inputs, the files of an output folder. scripts/tsan.sh [-jN]
set -euo pipefail
cd "$(dirname "$0")/.."
cmake --preset tsan >/dev/null
cmake --build --preset tsan --target nv_tests nv_cli_tests "$@"
export TSAN_OPTIONS="halt_on_error=1 second_deadlock_stack=1" NV_THREADS=4
build/tsan/bin/nv_tests -sf='*parallel*,*engine*,*batches*,*attack*,*run_test*,*gradient*,*random*,*input*'
build/tsan/bin/nv_cli_tests -sf='*output_folder*,*repeatable*,*attack_runs*,*batch_test*'
