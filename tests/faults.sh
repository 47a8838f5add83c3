#!/usr/bin/env bash
# Takes out one rule of the engine at a time and expects the tests that guard it to go red.
#   tests/faults.sh [PATTERN…]    only faults whose file name matches one of them; default all
# Each file of tests/Faults says in its head which rule it breaks (Rule:) and which tests must notice (Test: PROJECT METHOD).
# It works in a clone of HEAD; the checkout is not touched. What the tests need must be there, see test.sh.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
work=$(mktemp -d "${TMPDIR:-/tmp}/clearance-faults.XXXXXX")
trap 'rm -rf "$work"' EXIT
git clone -q --shared . "$work/tree"
cd "$work/tree"
(($#)) || set -- ""
mapfile -t faults < <(for pattern in "$@"; do ls tests/Faults/*"$pattern"*.patch; done | sort -u)

tests_of() { sed -n 's/^Test: //p' "$1"; }
build() { dotnet build -c Release -v q -p:TreatWarningsAsErrors=false -p:RunAnalyzers=false "tests/$1" >"$work/build" 2>&1; }
# 0: green, 1: red, 2: no such test or no verdict
run() {
  local summary total errors failed skipped
  timeout -k 10 300 dotnet exec "tests/$1/bin/Release/net10.0/ClearanceEngine.$1.Tests.dll" -noColor -method "*$2" >"$work/out" 2>&1 || true
  summary=$(grep -oE 'Total: [0-9]+, Errors: [0-9]+, Failed: [0-9]+, Skipped: [0-9]+' "$work/out" | tail -1)
  # A fault that hangs or kills the test's process is noticed as well.
  [[ -n $summary ]] || { grep -q 'Starting:' "$work/out" && return 1; return 2; }
  read -r total errors failed skipped <<<"$(grep -oE '[0-9]+' <<<"$summary" | paste -sd' ')"
  ((total > skipped)) || return 2
  ((errors + failed == 0))
}

passed=0 failed=0
verdict() { printf '%-9s %-42s %s\n' "$1" "$2" "$3"; if [[ $1 == caught ]]; then passed=$((passed + 1)); else failed=$((failed + 1)); fi; }
echo "without any fault:"
for project in $(for fault in "${faults[@]}"; do tests_of "$fault"; done | cut -d' ' -f1 | sort -u); do
  build "$project" || { tail -20 "$work/build"; exit 1; }
done
# A guard that is red by itself shows nothing: its faults fail, and the others are tried all the same.
declare -A red=()
while read -r project method; do
  run "$project" "$method" || { echo "$project $method is not green"; tail -30 "$work/out"; red["$project $method"]=1; }
done < <(for fault in "${faults[@]}"; do tests_of "$fault"; done | sort -u)
((${#red[@]} > 0)) || echo "all guards are green"

for fault in "${faults[@]}"; do
  name=$(basename "$fault" .patch)
  rule=$(sed -n 's/^Rule: //p' "$fault")
  if ! git apply "$fault" 2>"$work/apply"; then verdict stale "$name" "does not apply: $(head -1 "$work/apply")"; continue; fi
  while read -r project method; do
    if [[ -n ${red["$project $method"]:-} ]]; then verdict broken "$name" "$method is red without it"; continue; fi
    if ! build "$project"; then verdict broken "$name" "does not build: $(grep -m1 error "$work/build")"; continue; fi
    result=0; run "$project" "$method" || result=$?
    case $result in
      0) verdict MISSED "$name" "$rule ($method stayed green)" ;;
      1) verdict caught "$name" "$rule" ;;
      *) verdict broken "$name" "$method did not run" ;;
    esac
  done < <(tests_of "$fault")
  git apply -R "$fault"
done
echo "$passed passed, $failed failed"
((failed == 0))
