# shellcheck shell=bash
# Sourced by benchmarks/run: the whole census through REST, as ./signalbox up serves it.

census_up() { # PORT DATA: the system with all 65,536 tasks, none of them twice; its process in $ours
  up "$1" "$2" --ping.include-special-purpose=true --ping.check-percent=0 "${@:3}"
  ours=${pids[-1]}
}

postgres_up() { # a server of its own with durable defaults; its settings in $postgres
  local port directory user=()
  need initdb postgres setpriv
  port=$(free_port)
  directory=$(mktemp -d "$work/postgres.XXXX")
  if [ "$(id -u)" = 0 ]; then # PostgreSQL refuses to run as root
    chmod 755 "$work"
    chown 65534:65534 "$directory"
    user=(setpriv --reuid 65534 --regid 65534 --clear-groups)
  fi
  "${user[@]}" initdb -D "$directory" -U signalbox --auth=trust >/dev/null
  spawn postgres "${user[@]}" postgres -D "$directory" -p "$port" -k "$directory" -h 127.0.0.1
  server=${pids[-1]}
  for _ in $(seq 100); do
    (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null && break
    sleep 0.1
  done
  postgres=(--storage.url="jdbc:postgresql://127.0.0.1:$port/postgres" --storage.user=signalbox)
  pgdata=$directory
}

our_resident() { awk -v key="$1" '$1 == key":" {printf "%.0f MB", $2 / 1024}' "/proc/$ours/status"; }

database_size() { # DATA: of the ledger, in MB
  if [ "$store" = postgresql ]; then
    du -sm "$pgdata/base" | awk '{print $1}'
  else
    du -cm "$1"/ping.db* | awk 'END {print $1}'
  fi
}

census_round() { # LABEL ARGUMENTS…: one census on a fresh ledger
  local label=$1 port data before line pairs
  shift
  port=$(free_port)
  data=$(mktemp -d "$work/census.XXXX")
  postgres=()
  [ "$store" != postgresql ] || postgres_up
  census_up "$port" "$data" "${postgres[@]}"
  before=$(cpu "$ours")
  bench CensusLoad port="$port" workers="$workers" "$@" >"$work/census.out" || { cat "$work/census.out"; return 1; }
  line=$(head -n 1 "$work/census.out")
  pairs=$(value pairs <<<"$line")
  echo "  $label: $line"
  tail -n +2 "$work/census.out" | sed "s|^|  $label: |"
  line=$(minus "$(cpu "$ours")" "$before")
  echo "  $label: $line s CPU, $(per "$line" "$pairs") µs a pair; resident $(our_resident VmRSS), at most $(our_resident VmHWM);" \
    "database $(database_size "$data") MB"
  [ -z "${EXPORTS-}" ] || census_exports "$port"
  kill "$ours"
  wait "$ours" 2>/dev/null || true
  if [ "$store" = postgresql ]; then
    kill -INT "$server" # PostgreSQL's fast shutdown
    wait "$server" 2>/dev/null || true
  fi
  rm -rf "$data"
}

census_exports() { # PORT: each export of the round that is full now
  local format
  for format in bitmap roaring csv; do
    curl -sf -m 300 -o "$work/export" -w "  export.$format: %{size_download} bytes, %{time_total} s, %{speed_download} bytes/s\n" \
      "http://127.0.0.1:$1/api/v1/census/export.$format"
  done
  # What the disk itself gives: the same bytes written and synchronized.
  curl -sf -m 300 -o "$work/export" "http://127.0.0.1:$1/api/v1/census/export.bitmap"
  dd if="$work/export" of="$work/copy" bs=1M conv=fsync 2>&1 | tail -n 1 | sed 's|^|  dd of the bitmap, with fsync: |'
  rm -f "$work/export" "$work/copy"
}

census_pace() { # a round at its real pace: WORKERS leasing, sending heartbeats and results for SECONDS
  need curl
  build
  local port
  port=$(free_port)
  census_up "$port" "$work/data"
  echo "$(nproc) cores, $(uname -sr), ${WORKERS:-1000} workers, SQLite"
  bench CensusPace port="$port" workers="${WORKERS:-1000}" seconds="${SECONDS_EACH:-600}" | sed 's|^|  |'
  echo "  resident $(our_resident VmRSS), at most $(our_resident VmHWM); $(cpu "$ours") s CPU"
}

census() { # 65,536 leases and results
  need curl
  build
  workers=${WORKERS:-32}
  store=${STORE:-sqlite}
  echo "$(nproc) cores, $(uname -sr), $("$java" -version 2>&1 | sed -n 2p), $workers workers, $store"
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
