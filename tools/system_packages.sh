#!/usr/bin/env bash
# Install the Debian packages that pages and tests use, when this account may; otherwise name the one
# command. Never fails: the product runs without them, and says what is missing until then.
set -u

wanted=()
command -v chromium >/dev/null || wanted+=(chromium)
[ -d /usr/share/fonts/opentype/noto ] && ls /usr/share/fonts/opentype/noto/*CJK* >/dev/null 2>&1 || wanted+=(fonts-noto-cjk)
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || wanted+=(postgresql)
[ "${#wanted[@]}" -eq 0 ] && exit 0

say_missing() {
  echo "[setup] missing until installed: ${wanted[*]} (browser tests need chromium, reports need the fonts, PostgreSQL tests need postgresql)"
  echo "[setup] install them with: sudo apt-get update && sudo apt-get install -y ${wanted[*]}"
  exit 0
}

command -v apt-get >/dev/null || say_missing
if [ "$(id -u)" -eq 0 ]; then as_root=(env)
elif sudo -n true 2>/dev/null; then as_root=(sudo -n env)
else say_missing; fi

echo "[setup] Debian packages: ${wanted[*]}"
log=$(mktemp)
"${as_root[@]}" apt-get update -q >"$log" 2>&1
"${as_root[@]}" DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${wanted[@]}" >>"$log" 2>&1 \
  || { tail -n 5 "$log"; rm -f "$log"; say_missing; }
rm -f "$log"
