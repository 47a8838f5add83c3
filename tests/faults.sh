#!/usr/bin/env bash
# Takes out one rule of the engine at a time and expects the tests that guard it to go red.
#   tests/faults.sh [PATTERN…]    only faults whose file name matches one of them; default all
# Each file of tests/Faults says in its head which rule it breaks (Rule:) and which tests must notice (Test: PROJECT METHOD).
# It works in a clone of HEAD; the checkout is not touched. What the tests need must be there, see test.sh.
#
# A fault is compiled into the projects that it touches alone, and their assemblies are laid over the test's: building all that
# depends on them took most of an hour and a half. Where that says anything but red, all is built and tried again: a constant
# or a signature may have changed, which dependents must be compiled for.
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
output_of() { echo "tests/$1/bin/Release/net10.0"; }
quick=(-c Release -v q -p:TreatWarningsAsErrors=false -p:RunAnalyzers=false)
build() { dotnet build "${quick[@]}" "tests/$1" >"$work/build" 2>&1; }

# run PROJECT METHOD…    0: green, 1: red, 2: no such test or no verdict
run() {
  local project=$1 method methods=() summary total errors failed skipped
  shift
  for method; do methods+=(-method "*$method"); done
  timeout -k 10 "${patience:-300}" dotnet exec "$(output_of "$project")/ClearanceEngine.$project.Tests.dll" -noColor "${methods[@]}" >"$work/out" 2>&1 || true
  summary=$(grep -oE 'Total: [0-9]+, Errors: [0-9]+, Failed: [0-9]+, Skipped: [0-9]+' "$work/out" | tail -1)
  # A fault that hangs or kills the test's process is noticed as well.
  [[ -n $summary ]] || { grep -q 'Starting:' "$work/out" && return 1; return 2; }
  read -r total errors failed skipped <<<"$(grep -oE '[0-9]+' <<<"$summary" | paste -sd' ')"
  ((total >= $# && total > skipped)) || return 2
  ((errors + failed == 0))
}

# Source projects that a fault touches, one a line; nothing when it touches anything but their code.
touched() {
  local files
  files=$(sed -n 's|^+++ b/||p' "$1")
  ! grep -qvE '^src/[^/]+/.*\.cs$' <<<"$files" || return 0
  cut -d/ -f1,2 <<<"$files" | sort -u
}

# The file of a project's assembly, which is named as the project where nothing else is said.
assembly_of() {
  local name
  name=$(sed -n 's|.*<AssemblyName>\(.*\)</AssemblyName>.*|\1|p' "$1"/*.csproj)
  echo "${name:-ClearanceEngine.$(basename "$1")}.dll"
}

misfits='Missing(Method|Field|Member)Exception|TypeLoadException|EntryPointNotFoundException|File(Load|NotFound)Exception|BadImageFormatException'

# The projects of $2 alone are compiled and laid over the output of test project $1. Assemblies that do not fit each other show nothing.
red_when_laid_over() {
  local source name out
  out=$(output_of "$1")
  mkdir "$work/before"
  for source in $2; do
    dotnet build "${quick[@]}" --no-restore --no-dependencies "$source" >"$work/build" 2>&1 || { lay_back "$out"; return 1; }
    name=$(assembly_of "$source")
    cp "$out/$name" "$work/before/" && cp "$source/bin/Release/net10.0/$name" "$out/"
  done
  local result=0
  run "$1" "$3" || result=$?
  lay_back "$out"
  # A process that died or hung may have done so for its assemblies: that is tried again, with all built.
  ((result == 1)) && grep -q 'Total: ' "$work/out" && ! grep -qE "$misfits" "$work/out"
}

lay_back() {
  cp "$work/before/"* "$1/" 2>/dev/null || true
  rm -rf "$work/before"
}

passed=0 failed=0
verdict() { printf '%-9s %-42s %s\n' "$1" "$2" "$3"; if [[ $1 == caught ]]; then passed=$((passed + 1)); else failed=$((failed + 1)); fi; }
echo "without any fault:"
for project in $(for fault in "${faults[@]}"; do tests_of "$fault"; done | cut -d' ' -f1 | sort -u); do
  build "$project" || { tail -20 "$work/build"; exit 1; }
done
# A guard that is red by itself shows nothing: its faults fail, and the others are tried all the same.
declare -A red=()
guards=$(for fault in "${faults[@]}"; do tests_of "$fault"; done | sort -u)
for project in $(cut -d' ' -f1 <<<"$guards" | sort -u); do
  mapfile -t methods < <(sed -n "s/^$project //p" <<<"$guards")
  patience=1200 run "$project" "${methods[@]}" && continue
  for method in "${methods[@]}"; do
    run "$project" "$method" || { echo "$project $method is not green"; tail -30 "$work/out"; red["$project $method"]=1; }
  done
done
((${#red[@]} > 0)) || echo "all guards are green"

# All that depends on the fault is compiled; 0 green, 1 red, 2 no verdict, 3 does not build.
run_built() {
  build "$1" || return 3
  run "$1" "$2"
}

try() {
  local name=$1 rule=$2 sources=$3 project=$4 method=$5 result=0
  if [[ -n ${red["$project $method"]:-} ]]; then verdict broken "$name" "$method is red without it"; return; fi
  if [[ -n $sources ]] && red_when_laid_over "$project" "$sources" "$method"; then verdict caught "$name" "$rule"; return; fi
  run_built "$project" "$method" || result=$?
  is_built=yes
  case $result in
    0) verdict MISSED "$name" "$rule ($method stayed green)" ;;
    1) verdict caught "$name" "$rule" ;;
    2) verdict broken "$name" "$method did not run" ;;
    *) verdict broken "$name" "does not build: $(grep -m1 error "$work/build")" ;;
  esac
}

# Source projects and tests that a fault was compiled into are compiled without it, before the next fault refers to them.
clean_up() {
  local source project
  for source in $(touched "$1"); do
    dotnet build "${quick[@]}" --no-restore --no-dependencies "$source" >"$work/build" 2>&1 || { echo "$source does not build without $1"; exit 1; }
  done
  [[ -n $is_built ]] || return 0
  for project in $(tests_of "$1" | cut -d' ' -f1 | sort -u); do
    build "$project" || { echo "$project does not build without $1"; exit 1; }
  done
}

for fault in "${faults[@]}"; do
  name=$(basename "$fault" .patch)
  rule=$(sed -n 's/^Rule: //p' "$fault")
  if ! git apply "$fault" 2>"$work/apply"; then verdict stale "$name" "does not apply: $(head -1 "$work/apply")"; continue; fi
  is_built=
  while read -r project method; do
    try "$name" "$rule" "$(touched "$fault")" "$project" "$method"
  done < <(tests_of "$fault")
  git apply -R "$fault"
  clean_up "$fault"
done
echo "$passed passed, $failed failed"
((failed == 0))
