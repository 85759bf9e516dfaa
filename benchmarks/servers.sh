# Servers on demand beside WireMock on the same stub; sourced by run.

wiremock_version=3.13.2

wiremock_jar() { # fetched once by Maven; it is a peer and no part of the project
  wiremock=$home/benchmarks/target/wiremock-standalone-$wiremock_version.jar
  [ -f "$wiremock" ] || (cd "$home" && ./mvnw -q -B dependency:copy -DoutputDirectory="$home/benchmarks/target" \
    -Dartifact="org.wiremock:wiremock-standalone:$wiremock_version" -pl benchmarks)
}

wiremock_up() { # PORT ARGUMENTS…: as its documentation advises for load: a bounded journal, no log
  local port=$1
  shift
  spawn wiremock "$java" -Xmx512m -jar "$wiremock" --bind-address 127.0.0.1 --port "$port" --disable-banner \
    --container-threads 16 "$@"
  await_http "http://127.0.0.1:$port/__admin/mappings"
}

# One stub in both tongues: a method, a path pattern, a header and a query parameter to match, JSON to answer.
stub_wiremock='{"request":{"method":"GET","urlPathTemplate":"/orders/{id}","headers":{"Accept":{"equalTo":"application/json"}},
  "queryParameters":{"expand":{"equalTo":"lines"}}},"response":{"status":200,"headers":{"Content-Type":"application/json"},
  "body":"{\"id\":7,\"lines\":[{\"sku\":\"a\",\"count\":2},{\"sku\":\"b\",\"count\":1}]}"}}'
stub_ours='{"routes":[{"match":{"method":"GET","path_pattern":"/orders/{id}","headers":{"accept":"application/json"},
  "query":{"expand":"lines"}},"response":{"headers":{"content-type":"application/json"},
  "body":"{\"id\":7,\"lines\":[{\"sku\":\"a\",\"count\":2},{\"sku\":\"b\",\"count\":1}]}"}}]}'
stub_target='/orders/7?expand=lines'

create_server() { # MAIN JSON: prints the port of a new server
  curl -sf -m 10 -H 'Content-Type: application/json' -d "$2" "http://127.0.0.1:$1/api/v1/servers" |
    sed 's/.*"port": *\([0-9]*\).*/\1/' | tr -d '\n'
  echo
}

ticks() { # PID: processor time so far of a process and its children, in clock ticks
  local all=$1
  all+=" $(pgrep -P "$1" 2>/dev/null | tr '\n' ' ' || true)"
  for pid in $all; do cat "/proc/$pid/stat" 2>/dev/null || true; done | sed 's/.*) //' | awk '{sum += $12 + $13} END {print sum + 0}'
}

costed_load() { # PID URL [wrk arguments]: "rate p50 p99 errors" and microseconds of processor time a request
  local pid=$1 before after line
  shift
  before=$(ticks "$pid")
  line=$(load "$@")
  after=$(ticks "$pid")
  echo "$line" | awk -v ticks=$((after - before)) -v hz="$(getconf CLK_TCK)" -v s="$seconds" \
    '{printf "%s %s %s errors %s cpu %.1f us\n", $1, $2, $3, $4, ticks / hz * 1e6 / ($1 * s)}'
}

alternate_costed() { # OURS-PID OURS-URL PEER-LABEL PEER-PID PEER-URL [wrk arguments]
  local ours_pid=$1 ours=$2 label=$3 peer_pid=$4 peer=$5 r
  shift 5
  for r in $(seq "${WARM_ROUNDS:-3}"); do # both sides warm: the JIT compilers of both, caches
    load "$ours" "$@" >/dev/null
    load "$peer" "$@" >/dev/null
  done
  : >"$work/ours"
  : >"$work/peer"
  for r in $(seq "$rounds"); do
    costed_load "$ours_pid" "$ours" "$@" | tee -a "$work/ours" | sed "s|^|  round $r  ours: |"
    costed_load "$peer_pid" "$peer" "$@" | tee -a "$work/peer" | sed "s|^|  round $r  $label: |"
  done
  local a b ca cb
  a=$(awk '{print $1}' "$work/ours" | median)
  b=$(awk '{print $1}' "$work/peer" | median)
  ca=$(awk '{print $7}' "$work/ours" | median)
  cb=$(awk '{print $7}' "$work/peer" | median)
  printf '  ours %.0f /s, %.1f us of processor time; %s %.0f /s, %.1f us; ratio of rates %.2f; resident: ours %s MB, %s %s MB\n' \
    "$a" "$ca" "$label" "$b" "$cb" "$(awk "BEGIN {print $a / $b}")" "$(resident VmRSS "$ours_pid")" \
    "$label" "$(resident VmRSS "$peer_pid")"
}

servers() { # one stub with routes, journal and counters; ten servers under load at once; creation and idle memory
  need wrk curl pgrep
  build
  wiremock_jar
  local main peer port ours_pid peer_pid
  main=$(free_port); peer=$(free_port)
  up "$main" "$work/data"
  ours_pid=${pids[-1]}
  wiremock_up "$peer" --max-request-journal-entries 1000
  peer_pid=${pids[-1]}
  curl -sf -o /dev/null -d "$stub_wiremock" "http://127.0.0.1:$peer/__admin/mappings"
  port=$(create_server "$main" "$stub_ours")
  local accept='Accept: application/json'
  [ "$(curl -s -H "$accept" "http://127.0.0.1:$port$stub_target")" = \
    "$(curl -s -H "$accept" "http://127.0.0.1:$peer$stub_target")" ] || { echo "the two answers differ" >&2; exit 1; }
  conditions
  echo "one stub, journal of 1,000 requests and counters on:"
  alternate_costed "$ours_pid" "http://127.0.0.1:$port$stub_target" WireMock "$peer_pid" \
    "http://127.0.0.1:$peer$stub_target" -H "$accept"
  kill "$peer_pid"
  wait "$peer_pid" 2>/dev/null || true
  wiremock_up "$peer" --no-request-journal
  peer_pid=${pids[-1]}
  curl -sf -o /dev/null -d "$stub_wiremock" "http://127.0.0.1:$peer/__admin/mappings"
  echo "the same beside WireMock without a journal:"
  alternate_costed "$ours_pid" "http://127.0.0.1:$port$stub_target" WireMock "$peer_pid" \
    "http://127.0.0.1:$peer$stub_target" -H "$accept"
  kill "$peer_pid"
  servers_created "$main" "$ours_pid"
  servers_together "$main"
}

servers_created() { # MAIN PID: how long a creation takes, acknowledged as durable and listening, and what nine idle servers take
  local main=$1 before after took=() i started ended
  before=$(resident VmRSS "$2")
  for i in $(seq 9); do
    started=$(date +%s%N)
    create_server "$main" "$stub_ours" >>"$work/ports"
    ended=$(date +%s%N)
    took+=($(((ended - started) / 1000)))
  done
  after=$(resident VmRSS "$2")
  printf 'created: median %.1f ms of 9, each through a curl of its own; nine idle servers: %d MB more resident\n' \
    "$(printf '%s\n' "${took[@]}" | median | awk '{print $1 / 1000}')" $((after - before))
}

servers_together() { # MAIN: ten servers at once, as many connections in all as for one
  local main=$1 port each=$((connections / 9)) loads=()
  while read -r port; do
    wrk -t1 -c"$each" -d"${seconds}s" -H 'Accept: application/json' "http://127.0.0.1:$port$stub_target" \
      >"$work/load.$port" &
    loads+=($!)
  done <"$work/ports"
  for load in "${loads[@]}"; do wait "$load"; done
  awk '/Requests\/sec/ {sum += $2; n++; if (least == "" || $2 < least) least = $2; if ($2 > most) most = $2}
       END {printf "%d servers at once: %.0f /s in all, each %.0f to %.0f /s\n", n, sum, least, most}' "$work"/load.*
}
