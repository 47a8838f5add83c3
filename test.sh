#!/usr/bin/env bash
# Runs all tests. Installs what they need where that is possible (Debian packages, as root) and starts private servers
# on loopback; nothing of the machine's own is touched. Without Docker, without configuration.
#   CLEARANCE_KAFKA_HOME   folder with a script `kafka` (start, stop) of a real Kafka; without it, tests that want one
#                          are skipped (and fail under CI=true)
#   CI=true                skipped tests count as failed
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

need() { command -v "$1" >/dev/null 2>&1; }
postgres_bin() { ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -1; }
packages=()
[[ -n $(postgres_bin) ]] || packages+=(postgresql)
need softhsm2-util || packages+=(softhsm2)
need xmlsec1 || packages+=(xmlsec1)
need pkcs11-tool || packages+=(opensc)
need curl || packages+=(curl)
need kcat || packages+=(kcat)
need openssl || packages+=(openssl)
need kubectl || packages+=(kubernetes-client)
[[ -z ${CLEARANCE_KAFKA_HOME:-} ]] || need java || packages+=(openjdk-17-jre-headless)
if ((${#packages[@]})) && need apt-get && [[ $(id -u) == 0 ]]; then
  echo "installing ${packages[*]}"
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq && apt-get install -y -qq --no-install-recommends "${packages[@]}" >/dev/null || echo "some packages could not be installed; tests that need them are skipped" >&2
fi

work=$(mktemp -d "${TMPDIR:-/tmp}/clearance-tests.XXXXXX")
chmod 755 "$work"
cleanup() {
  [[ -z ${beside_id:-} ]] || kill "$beside_id" 2>/dev/null || true
  [[ ! -d $work/pg ]] || as_postgres "$(postgres_bin)/pg_ctl" -D "$work/pg/data" -m immediate stop >/dev/null 2>&1 || true
  [[ ! -d $work/kafka ]] || "$CLEARANCE_KAFKA_HOME/kafka" stop --dir "$work/kafka" >/dev/null 2>&1 || true
  rm -rf "$work"
}
trap cleanup EXIT
# PostgreSQL refuses to run as root.
as_postgres() { if [[ $(id -u) == 0 ]]; then runuser -u postgres -- "$@"; else "$@"; fi; }
free_port() { local p; for p in $(shuf -i 20000-32000 -n 50); do (exec 3<>"/dev/tcp/127.0.0.1/$p") 2>/dev/null || { echo "$p"; return; }; done; }

if [[ -n $(postgres_bin) ]]; then
  port=$(free_port)
  mkdir "$work/pg"; [[ $(id -u) != 0 ]] || chown postgres "$work/pg"
  as_postgres "$(postgres_bin)/initdb" -D "$work/pg/data" -U clearance -A trust >/dev/null
  as_postgres "$(postgres_bin)/pg_ctl" -D "$work/pg/data" -w -l "$work/pg/log" -o "-p $port -k $work/pg -c listen_addresses=127.0.0.1" start >/dev/null
  export CLEARANCE_TEST_POSTGRES="Host=127.0.0.1;Port=$port;Username=clearance;Database=postgres"
fi
if [[ -n ${CLEARANCE_KAFKA_HOME:-} ]] && need java; then
  CLEARANCE_KAFKA_HOME=$(cd "$CLEARANCE_KAFKA_HOME" && pwd)
  mkdir "$work/kafka"
  CLEARANCE_TEST_KAFKA=$("$CLEARANCE_KAFKA_HOME/kafka" start --dir "$work/kafka" --port "$(free_port)" | tail -1)
  export CLEARANCE_TEST_KAFKA
fi

dotnet tool restore >/dev/null
dotnet restore --locked-mode
dotnet build --no-restore -c Release
# What a failed test said, again at the end, where the reader of a long log looks first.
failures() { awk '/\[(FAIL|FATAL ERROR)\]/ { show = 40 } /^ *(Output:|Stack Trace:)/ { show = 0 } show-- > 0' "$1" | cut -c1-400; }

status=0 passed=0 failed=0 skipped=0
echo "== layout"
if dotnet csharpier check . >"$work/layout" 2>&1; then passed=$((passed + 1)); else
  failed=$((failed + 1)) status=1
  grep '^Error' "$work/layout" || cat "$work/layout"
  echo "[FAIL] some C# is not laid out by CSharpier; run: dotnet tool restore && dotnet csharpier format ." | tee -a "$work/failures"
fi
# Becomes the tests of a project.
run() { exec timeout 40m dotnet exec "$(dirname "$1")/bin/Release/net10.0/$(basename "$1" .csproj).dll" -noColor; }

# count NAME OUTPUT    adds what the tests say at their end
count() {
  local summary total errors wrong left
  failures "$2" >>"$work/failures"
  summary=$(grep -oE 'Total: [0-9]+, Errors: [0-9]+, Failed: [0-9]+, Skipped: [0-9]+' "$2" | tail -1 || true)
  if [[ -z $summary ]]; then echo "$1 ended without a summary" >&2; failed=$((failed + 1)); status=1; return; fi
  read -r total errors wrong left <<<"$(grep -oE '[0-9]+' <<<"$summary" | paste -sd' ')"
  passed=$((passed + total - wrong - left)) failed=$((failed + wrong + errors)) skipped=$((skipped + left))
}

# Most of its time Chaos waits, and its servers and ports are its own: it runs beside the others, which go one after another.
beside=tests/Chaos/ClearanceEngine.Chaos.Tests.csproj
(export CLEARANCE_TEST_FIRST_PORT=26000; run "$beside") >"$work/beside" 2>&1 &
beside_id=$!
for project in tests/*/*.csproj; do
  [[ $project != "$beside" ]] || continue
  name=$(basename "$project" .csproj)
  echo "== $name"
  (run "$project") 2>&1 | tee "$work/out" || status=1
  count "$name" "$work/out"
done
name=$(basename "$beside" .csproj)
echo "== $name, which runs beside the others"
wait "$beside_id" || status=1
beside_id=
cat "$work/beside"
count "$name" "$work/beside"
# A fault that no longer applies would guard nothing; tests/faults.sh, which runs them, is too long for every time.
if need git; then
  for fault in tests/Faults/*.patch; do
    if git apply --check "$fault" 2>"$work/apply"; then passed=$((passed + 1)); else
      failed=$((failed + 1)) status=1
      echo "$fault [FAIL] is stale: $(head -1 "$work/apply")" | tee -a "$work/failures"
    fi
  done
fi
if [[ ${CI:-} == true && $skipped -gt 0 ]]; then
  echo "$skipped tests were skipped; in CI every part must be there" >&2
  failed=$((failed + skipped)); skipped=0; status=1
fi
[[ $status == 0 || $failed -gt 0 ]] || failed=1
[[ ! -s $work/failures ]] || { echo "== What failed"; cat "$work/failures"; }
if ((skipped)); then echo "$passed passed, $failed failed, $skipped skipped"; else echo "$passed passed, $failed failed"; fi
exit $((status || failed > 0))
