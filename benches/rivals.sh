#!/bin/sh
# Runs the scanner and other tools over the same files, one thread each, and prints the CPU seconds of
# each; then what the scanner takes with each set of instructions, and in one thread and two:
# benches/rivals.sh FILE...
#
# Build first: cargo build --profile dist. Rivals that are not installed are left out: cat, rg
# (ripgrep), and ccsrch, whose binary is given in CCSRCH.
set -eu
[ $# -gt 0 ] || { echo "usage: $0 FILE..." >&2; exit 2; }
workbook=${WORKBOOK:-target/dist/workbook}

# The least of five runs, after one that warms the files up.
measure() {
    name=$1
    shift
    for round in 0 1 2 3 4 5; do
        /usr/bin/time -f '%U %S' -o "$times" -a "$@" > /dev/null 2>&1 || true
        [ "$round" != 0 ] || : > "$times"
    done
    awk -v name="$name" -v bytes="$bytes" '
        NF == 2 { cpu = $1 + $2; if (least == "" || cpu < least) least = cpu }
        END { printf "%-10s %6.2f s %8.0f MB/s\n", name, least, least ? bytes / least / 1e6 : 0 }
    ' "$times"
    : > "$times"
}

times=$(mktemp)
trap 'rm -f "$times"' EXIT
bytes=$(cat "$@" | wc -c)
measure cat cat "$@"
measure workbook "$workbook" scan --threads 1 --format jsonl "$@"
if command -v rg > /dev/null; then
    measure rg rg -j1 -a -c '[0-9]{13,19}' "$@"
fi
if [ -n "${CCSRCH:-}" ]; then
    measure ccsrch "$CCSRCH" "$@"
fi
cargo bench --quiet --bench instructions -- "$@"
