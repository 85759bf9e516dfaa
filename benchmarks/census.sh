# shellcheck shell=bash
# Sourced by benchmarks/run: the whole census through REST, as ./signalbox up serves it.

census_up() { # PORT DATA: the system with all 65,536 tasks; its process in $ours
  up "$1" "$2" --ping.include-special-purpose=true "${@:3}"
  ours=${pids[-1]}
}

our_resident() { awk -v key="$1" '$1 == key":" {printf "%.0f MB", $2 / 1024}' "/proc/$ours/status"; }

census_round() { # LABEL ARGUMENTS…: one census on a fresh ledger
  local label=$1 port data before line pairs
  shift
  port=$(free_port)
  data=$(mktemp -d "$work/census.XXXX")
  census_up "$port" "$data"
  before=$(cpu "$ours")
  bench CensusLoad port="$port" workers="$workers" "$@" >"$work/census.out" || { cat "$work/census.out"; return 1; }
  line=$(head -n 1 "$work/census.out")
  pairs=$(value pairs <<<"$line")
  echo "  $label: $line"
  tail -n +2 "$work/census.out" | sed "s|^|  $label: |"
  line=$(minus "$(cpu "$ours")" "$before")
  echo "  $label: $line s CPU, $(per "$line" "$pairs") µs a pair; resident $(our_resident VmRSS), at most $(our_resident VmHWM);" \
    "database $(du -cm "$data"/ping.db* | awk 'END {print $1}') MB"
  kill "$ours"
  wait "$ours" 2>/dev/null || true
  rm -rf "$data"
}

census() { # 65,536 leases and results
  need curl
  build
  workers=${WORKERS:-32}
  echo "$(nproc) cores, $(uname -sr), $("$java" -version 2>&1 | sed -n 2p), $workers workers, SQLite"
  local face
  for face in ${FACES:-one many classic}; do
    case $face in
      one) census_round "a lease for each task, bitmaps" face=api at-once=1 ;;
      many) census_round "16 tasks a lease, bitmaps" face=api at-once=16 ;;
      classic) census_round "get_task and submit_result" face=classic ;;
    esac
  done
}

census_kill() { # kill -9 in the middle: what was acknowledged is there, and the census goes on to its end
  need curl
  build
  workers=${WORKERS:-32}
  local port load
  port=$(free_port)
  census_up "$port" "$work/data" --ping.lease-time=5s
  bench CensusLoad port="$port" workers="$workers" sample=0 done="$work/done" >"$work/load.out" 2>/dev/null &
  load=$!
  sleep "${KILL_AFTER_S:-8}"
  kill -9 "$ours"
  wait "$ours" 2>/dev/null || true
  wait "$load" || true # it says that its connections broke
  echo "  before the kill: $(head -n 1 "$work/load.out")"
  census_up "$port" "$work/data" --ping.lease-time=5s
  bench CensusLoad port="$port" face=check done="$work/done" >"$work/check.out" || { cat "$work/check.out"; return 1; }
  echo "  every result acknowledged: $(head -n 1 "$work/check.out")"
  sleep 6 # what was leased at the kill comes back
  bench CensusLoad port="$port" workers="$workers" | sed 's|^|  the rest: |'
}
