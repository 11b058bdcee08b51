#!/bin/sh
# Installs WBOS Desktop for this user under ~/.local; needs Python 3.11 to 3.13.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
target="${WBOS_PREFIX:-$HOME/.local/share/wbos-desktop}"
menu="$HOME/.local/share/applications"
report=$(mktemp)

python3 -m venv --clear "$target"
"$target/bin/pip" install --quiet --require-hashes -r "$root/requirements.lock"
"$target/bin/pip" install --quiet --no-build-isolation --no-deps "$root"

if ! "$target/bin/wbos-desktop" --self-test "$report"; then
    cat "$report"
    rm -rf "$target" "$report"
    echo "The self-test failed; nothing is left installed." >&2
    exit 1
fi
rm -f "$report"
mkdir -p "$menu"
cat > "$menu/wbos-desktop.desktop" <<ENTRY
[Desktop Entry]
Type=Application
Name=WBOS
Comment=Welbevinden op School
Exec=$target/bin/wbos-desktop
Icon=$target/share/wbos-desktop/logo.svg
Categories=Education;Office;
ENTRY
mkdir -p "$target/share/wbos-desktop"
cp "$root/resources/icons/logo.svg" "$target/share/wbos-desktop/logo.svg"
echo "WBOS is installed. Start it from the menu, or with $target/bin/wbos-desktop"
