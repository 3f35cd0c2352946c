#!/usr/bin/env bash
# Installs the Debian packages named, as root or through sudo; says what to do where that cannot be.
# Usage: system-packages.sh [--optional] PACKAGE …   (--optional: go on without them, with a message)
set -euo pipefail
optional=
if [ "${1:-}" = --optional ]; then optional=1; shift; fi

missing=()
for package in "$@"; do
  dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q '^install ok installed$' && continue
  # Ubuntu's and other systems' own builds of the same program serve as well.
  program=$package
  [ "$package" = libreoffice-calc-nogui ] && program=soffice # an office with its windows serves as well
  command -v "$program" >/dev/null 2>&1 || [ -x "/usr/sbin/$program" ] || missing+=("$package")
done
[ ${#missing[@]} -gt 0 ] || exit 0

say() {
  echo "labedge needs the system packages: ${missing[*]}" >&2
  echo "Install them: sudo apt-get install ${missing[*]}" >&2
}
if ! command -v apt-get >/dev/null 2>&1; then say; [ -n "$optional" ]; exit; fi
if [ "$(id -u)" = 0 ]; then sudo=(); elif sudo -n true 2>/dev/null; then sudo=(sudo -n); else say; [ -n "$optional" ]; exit; fi

echo "Installing ${missing[*]} …"
install() { "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}" >/dev/null; }
if ! install 2>/dev/null; then
  "${sudo[@]}" apt-get update -q >/dev/null || true
  install || { say; [ -n "$optional" ]; exit; }
fi
# The distribution starts its own broker after the installation; labedge brings its own and needs the port.
for package in "${missing[@]}"; do
  if [ "$package" = mosquitto ] && command -v systemctl >/dev/null 2>&1 && [ -d /run/systemd/system ]; then
    "${sudo[@]}" systemctl disable --now mosquitto >/dev/null 2>&1 || true
  fi
done
