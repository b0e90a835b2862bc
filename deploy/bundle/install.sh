#!/bin/sh
# Install the site from this bundle, without a network:  sh install.sh /opt/junheng
# Python 3.11 has to be there; PYTHON=/path/to/python3.11 names another one.
set -eu
home=${1:?the folder to install into, such as /opt/junheng}
python=${PYTHON:-python3.11}
bundle=$(cd "$(dirname "$0")" && pwd)

if [ -e "$home/current" ]; then
  echo "$home holds a version already: upgrade it with \"junheng upgrade\"." >&2
  exit 2
fi
(cd "$bundle" && sha256sum --check --quiet --strict SHA256SUMS)

mkdir -p "$home/environments"
home=$(cd "$home" && pwd)
version=$(sed -n 's/^ *"version": "\([0-9.]*\)".*/\1/p' "$bundle/bundle.json")
environment="$home/environments/$version-$(date -u +%Y%m%dT%H%M%S)"
trap 'rm -rf "$environment"' EXIT
"$python" -m venv --without-pip "$environment"
for pip in "$bundle"/wheels/pip-*.whl; do :; done
PIP_CONFIG_FILE=/dev/null "$environment/bin/python" "$pip/pip" install --quiet --no-index \
  --find-links="$bundle/wheels" --require-hashes --only-binary=:all: --disable-pip-version-check \
  -r "$bundle/requirements.txt"
trap - EXIT

# Fonts of printed papers; where they lie is said by JUNHENG_FONTS.
mkdir -p "$home/fonts"
cp "$bundle"/fonts/* "$home/fonts/"

# "junheng upgrade" exchanges this link, in one step; bin stays what it is.
ln -s "environments/$(basename "$environment")" "$home/current"
ln -sfn current/bin "$home/bin"
"$home/bin/junheng" --version
