#!/usr/bin/env bash
# Runs the engine as it was before the last change of the schema beside this one, over one PostgreSQL, in both directions:
# the older one restarts on the schema that this one made, and this one upgrades a database that the older one made and
# goes on writing to. Sample parcels of either must come to their end, and be read by the other.
#   tests/previous-build.sh [REVISION]   default: the commit before the last one that changed src/Silo/Storage/Sql
# Needs CLEARANCE_TEST_POSTGRES (see test.sh), psql, curl, and the history of the repository; takes two builds and two
# minutes, so it is no part of test.sh.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
fail() { echo "$1" >&2; exit "${2:-1}"; }

[[ -n ${CLEARANCE_TEST_POSTGRES:-} ]] || fail "CLEARANCE_TEST_POSTGRES is not set; it names a PostgreSQL server for tests" 2
revision=${1:-}
if [[ -z $revision ]]; then
  changed=$(git log -1 --format=%H -- src/Silo/Storage/Sql)
  revision=$changed^
fi
if ! git rev-parse -q --verify "$revision^{commit}" >/dev/null; then
  [[ $(git rev-parse --is-shallow-repository) != true ]] || fail "this clone is shallow and has no commit $revision; run: git fetch --unshallow" 2
  fail "there is no commit $revision" 2
fi
# Of two major versions neither works on the other's database.
major_of() { git grep -hoE '^-- Major: [0-9]+' "$1" -- src/Silo/Storage/Sql/PostgreSql | grep -oE '[0-9]+' | sort -n | tail -1; }
before=$(major_of "$revision") now=$(major_of HEAD)
[[ ${before:-1} == "$now" ]] || fail "$revision has major version ${before:-1} of the schema, this one $now: there is nothing to run side by side" 2

work=$(mktemp -d "${TMPDIR:-/tmp}/clearance-previous.XXXXXX")
pids=()
cleanup() {
  ((${#pids[@]} == 0)) || kill -9 "${pids[@]}" 2>/dev/null || true
  [[ -z ${schema:-} ]] || sql "DROP SCHEMA IF EXISTS $schema CASCADE"
  rm -rf "$work"
}
trap cleanup EXIT
setting() { sed -n "s/.*$1=\([^;]*\).*/\1/ip" <<<"$CLEARANCE_TEST_POSTGRES"; }
sql() { PGPASSWORD=$(setting Password) psql -q -h "$(setting Host)" -p "$(setting Port)" -U "$(setting Username)" -d "$(setting Database)" -c "$1" 2>/dev/null; }

git clone -q --shared . "$work/previous"
git -C "$work/previous" checkout -q "$(git rev-parse "$revision^{commit}")"
echo "building this one and $(git log -1 --format='%h %s' "$revision")"
for tree in . "$work/previous"; do
  dotnet build -c Release -v q -p:RunAnalyzers=false "$tree/src/Silo" >"$work/build" 2>&1 || { tail -20 "$work/build"; fail "$tree does not build"; }
done
key=$(head -c 32 /dev/urandom | base64)

# start NAME TREE: an engine over the schema; its HTTP port in $port, its process in $pid
start() {
  port=$(free_port)
  local parts=()
  ! grep -rqs AllowDevelopmentParts "$2/src/Silo/Hosting/EngineOptions.cs" || parts=(--Engine:AllowDevelopmentParts=Broker,Token,Participants,Simulator)
  ! grep -qs 'Identity = ' "$2/src/Silo/Hosting/EngineParts.cs" || parts=("${parts[0]},Identity")
  data[$port]=$work/$1
  (cd "$work" && exec dotnet exec "$2/src/Silo/bin/Release/net10.0/ClearanceEngine.Silo.dll" \
    "--Urls=http://127.0.0.1:$port" "--Engine:DataDirectory=$work/$1" --Engine:DevelopmentBrokerPort=0 \
    "--Engine:SiloPort=$(free_port)" "--Engine:GatewayPort=$(free_port)" --Engine:Simulator=true "${parts[@]}" \
    --Storage:Provider=PostgreSql "--Storage:ConnectionString=$CLEARANCE_TEST_POSTGRES;Search Path=$schema" \
    "--Storage:Keys:Ring:1=$key" "--Identity:HmacKey=$key" --Logging:LogLevel:Default=Warning --Logging:LogLevel:ClearanceEngine.Silo.Storage=Information) \
    >"$work/$1.log" 2>&1 &
  pid=$!
  pids+=("$pid")
}
free_port() { local p; for p in $(shuf -i 20000-32000 -n 50); do (exec 3<>"/dev/tcp/127.0.0.1/$p") 2>/dev/null || { echo "$p"; return; }; done; }
# credential PORT: the header that signs its developer in; an X- header before there were accounts
declare -A data
credential() {
  local file=${data[$1]}/development-accounts.json
  [[ -f $file ]] && echo "Authorization: Bearer $(grep -m1 -o '"token": "[^"]*"' "$file" | cut -d'"' -f4)" || echo 'X-Credential: none'
}
# ready NAME PORT
ready() {
  local left
  for ((left = 120; left > 0; left--)); do
    [[ $(curl -s -o /dev/null -w '%{http_code}' "http://127.0.0.1:$2/health/ready") != 200 ]] || return 0
    sleep 1
  done
  tail -40 "$work/$1.log"
  fail "$1 is not ready"
}
stop() { kill "$1"; wait "$1" 2>/dev/null || true; }
# feed PORT SAMPLE
feed() {
  local file code
  for file in "samples/demo/$2"/*.xml; do
    code=$(curl -s -o "$work/answer" -w '%{http_code}' -H "$(credential "$1")" -H 'Content-Type: application/xml' --data-binary "@$file" "http://127.0.0.1:$1/ceb")
    [[ $code == 200 || $code == 202 ]] || { cat "$work/answer"; fail "$file was answered $code"; }
  done
}
# parcel PORT ORDER: as the build on that port has it, at its address or at that of before /api/v1
parcel() {
  local path
  for path in api/v1/parcels parcels; do
    ! curl -sf -H "$(credential "$1")" "http://127.0.0.1:$1/$path/9999900001/$2" || return 0
  done
}
# reaches NAME PORT ORDER STATE
reaches() {
  local left
  for ((left = 60; left > 0; left--)); do
    ! parcel "$2" "$3" | grep -qE "\"state\": ?\"$4\"" || { echo "  $1: $3 is $4"; return 0; }
    sleep 1
  done
  parcel "$2" "$3"; tail -40 "$work/$1.log"
  fail "$1: $3 did not come to $4"
}

first=(sim-released-1210-001 SIM-RELEASED-1210-001 released)
second=(sim-inspected-1210-005 SIM-INSPECTED-1210-005 released)
third=(sim-rejected-1210-003 SIM-REJECTED-1210-003 rejected)

echo "the previous build on the schema of this one:"
schema=previous_$$_a; sql "CREATE SCHEMA $schema"
start this "$PWD"; this=$pid at=$port; ready this "$at"
feed "$at" "${first[0]}"; reaches this "$at" "${first[@]:1}"; stop "$this"
start previous "$work/previous"; previous=$pid at=$port; ready previous "$at"
reaches previous "$at" "${first[@]:1}"
feed "$at" "${second[0]}"; reaches previous "$at" "${second[@]:1}"; stop "$previous"
start this "$PWD"; this=$pid at=$port; ready this "$at"
reaches this "$at" "${second[@]:1}"
feed "$at" "${third[0]}"; reaches this "$at" "${third[@]:1}"; stop "$this"
sql "DROP SCHEMA $schema CASCADE"

echo "this build upgrades a database of the previous one, which goes on:"
schema=previous_$$_b; sql "CREATE SCHEMA $schema"
start previous "$work/previous"; previous=$pid at=$port; ready previous "$at"
feed "$at" "${first[0]}"; reaches previous "$at" "${first[@]:1}"
start this "$PWD"; this=$pid beside=$port
feed "$at" "${second[0]}"; ready this "$beside"
reaches previous "$at" "${second[@]:1}"; stop "$previous"
reaches this "$beside" "${first[@]:1}"; reaches this "$beside" "${second[@]:1}"
feed "$beside" "${third[0]}"; reaches this "$beside" "${third[@]:1}"; stop "$this"
grep -h 'schema script' "$work/this.log" | sed 's/^ */  /' || true
echo "passed: either build works on the other's database"
