#!/usr/bin/env bash
# Installs the distribution's packages that building and testing nv needs (Debian 12, Ubuntu 24.04).
#   scripts/install-deps.sh          compiler, libraries, test frameworks
#   scripts/install-deps.sh --ci     also clang 14 with its tools, and Python with venv and NumPy for the checks with Keras
#   scripts/install-deps.sh --docs   also Doxygen
#   scripts/install-deps.sh --page   also emscripten, Node.js and Chromium, to build and test the page of nv view
set -euo pipefail

packages=(
  g++ cmake ninja-build ccache pkg-config
  libcli11-dev libfmt-dev nlohmann-json3-dev libhdf5-dev libstb-dev libzip-dev libdeflate-dev zlib1g-dev
  libhpdf-dev libeigen3-dev libwebp-dev libharfbuzz-dev libfontconfig-dev fonts-liberation
  doctest-dev libvalijson-dev libbenchmark-dev parallel
)
for argument in "$@"; do
  case "$argument" in
    --ci) packages+=(clang-14 clang-format-14 clang-tidy-14 libclang-rt-14-dev python3 python3-numpy python3-venv) ;;
    --docs) packages+=(doxygen) ;;
    --page)
      packages+=(emscripten chromium)
      command -v npm >/dev/null || packages+=(nodejs npm)  # others than Debian's will do
      ;;
    *) echo "usage: scripts/install-deps.sh [--ci] [--docs] [--page]" >&2; exit 2 ;;
  esac
done

missing=()
for package in "${packages[@]}"; do
  [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing+=("$package")
done
if [ ${#missing[@]} -eq 0 ]; then exit 0; fi

if ! command -v apt-get >/dev/null; then
  echo "install-deps: this is not Debian or Ubuntu; please install the equivalents of these packages: ${missing[*]}" >&2
  exit 1
fi
sudo=()
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null || { echo "install-deps: run as root, or install sudo; missing: ${missing[*]}" >&2; exit 1; }
  sudo=(sudo)
fi
echo "install-deps: installing ${missing[*]}" >&2
"${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq update
"${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends "${missing[@]}" >/dev/null
