# Work that waits, over 1, 2 and 4 replicas of each service and of the gateway; sourced by run.

replica_load() { # LABEL N CONNECTIONS SCRIPT SECONDS-OF-ONE: one round; prints the rate beside what waiting alone allows
  local label=$1 n=$2 some=$3 script=$4 wait=$5 before line used
  before=$(cpu "${members[@]}")
  line=$(wrk -t1 -c"$some" -d"${seconds}s" -s "$work/$script.lua" "http://127.0.0.1:$proxy" |
    awk '/Requests\/sec/ {rate=$2} /Non-2xx/ {bad=$NF} /Socket errors/ {gsub(/[^0-9]+/, "+"); socket=$0} END {print rate, bad + 0 socket}')
  used=$(minus "$(cpu "${members[@]}")" "$before")
  echo "$line" | awk -v label="$label" -v n="$n" -v c="$some" -v w="$wait" -v used="$used" -v s="$seconds" \
    '{printf "  %-8s %d replicas, %4d at once: %7.0f /s, %.2f of %.0f, errors %s, %.2f cores\n", label, n, c, $1, $1 / (c / w), c / w, $2, used / s}' |
    tee -a "$work/table"
}

split_of() { # SERVICE: what each instance has handled
  curl -sf -m 5 "http://127.0.0.1:$proxy/api/v1/services" |
    grep -o "\"service\":\"$1\"[^}]*\"handled\":[0-9]*" | sed 's/.*://' | sort -n | tr '\n' ' '
}

await_instances() { # SERVICE N
  for _ in $(seq 600); do
    [ "$(curl -s -m 2 "http://127.0.0.1:${gateways[0]}/api/v1/services" |
      grep -o "\"service\":\"$1\"[^}]*\"state\":\"ready\"" | wc -l)" = "$2" ] && return
    sleep 0.2
  done
  echo "$2 of $1 are not there" >&2
  tail -n 20 "$work"/*.log >&2
  exit 1
}

replicas() {
  need wrk nginx knotd kdig curl
  build
  local n i knots late slow proxy gateways members upstreams id ids seconds=${SECONDS_EACH:-10}
  knots=$(free_port); late=$(free_port); slow=$(free_port)
  knot "$knots"
  spawn_bench late LossyForwarder "$late" "$knots" 0 20 0
  await_line late ready
  spawn_bench slow SlowServer "$slow" 500
  await_http "http://127.0.0.1:$slow/ready"
  cat >"$work/dns.lua" <<'LUA'
local n = 0
request = function()
  n = n + 1
  return wrk.format("GET", "/resolve?name=n" .. n .. ".bench.test&type=A")
end
LUA
  cat >"$work/probe.lua" <<LUA
wrk.method = "POST"
wrk.path = "/api/v1/tasks"
wrk.headers["Content-Type"] = "application/json"
wrk.body = '{"task_name":"http_probe","params":{"url":"http://127.0.0.1:$slow/","include_body":false}}'
LUA
  echo "$(nproc) cores, $(uname -sr), $("$java" -version 2>&1 | sed -n 2p); wrk -t1 -d${seconds}s through nginx to all gateways; resolver 20 ms, page 500 ms, servers on demand 20 ms; all on the same cores"
  # Sixteen processes that compile for minutes on the same cores would hide everything else.
  local service_options=-XX:TieredStopAtLevel=1
  : >"$work/table"
  for n in ${REPLICAS:-1 2 4}; do
    cluster=bench-$$-$n
    cluster_port=$(free_port)
    proxy=$(free_port)
    gateways=() members=() upstreams=""
    for i in $(seq "$n"); do
      gateways+=("$(free_port)")
      upstreams+="server 127.0.0.1:${gateways[-1]}; "
      service gateway-service "$work/data$n" --gateway.port="${gateways[-1]}" --gateway.tasks-port=off --gateway.codes-port=off \
        --gateway.messages-port=off --gateway.hosts="127.0.0.1:$proxy" --gateway.keep-alive-requests=1000000000 --gateway.request-log=off \
        --gateway.max-requests-per-client=10000
      members+=("${pids[-1]}")
      service dns-service "$work/data$n" --resolver.upstreams="127.0.0.1:$late" \
        --resolver.cache-bytes=0 --guard.allow-private=true
      members+=("${pids[-1]}")
      service http-probe-service "$work/data$n" --guard.allow-private=true
      members+=("${pids[-1]}")
      service server-factory-service "$work/data$n" --server-factory.limit=100
      members+=("${pids[-1]}")
      await_http "http://127.0.0.1:${gateways[-1]}/health/live"
    done
    for i in dns-service http-probe-service server-factory-service gateway-service; do await_instances "$i" "$n"; done
    nginx_peer proxy.conf -e "s/@PORT@/$proxy/" -e "s/server 127.0.0.1:@UPSTREAM@;/$upstreams/"
    await_http "http://127.0.0.1:$proxy/health/live"
    ids=""
    for i in $(seq $((4 * n))); do
      id=$(curl -s -m 10 -H 'Content-Type: application/json' \
        -d '{"routes":[{"match":{"path":"/"},"response":{"body":"late","delay_ms":20}}]}' \
        "http://127.0.0.1:$proxy/api/v1/servers" | sed 's/.*"server_id": *"\([^"]*\)".*/\1/')
      case $id in *[!a-zA-Z0-9-]* | "") echo "no server was made: $id" >&2; exit 1 ;; esac
      ids+="\"$id\","
    done
    cat >"$work/servers.lua" <<LUA
local ids = {$ids}
local n = 0
request = function()
  n = n + 1
  return wrk.format("GET", "/servers/" .. ids[n % #ids + 1] .. "/")
end
LUA
    for i in dns servers probe; do # warm
      wrk -t1 -c$((8 * n)) -d"${seconds}s" -s "$work/$i.lua" "http://127.0.0.1:$proxy" >/dev/null
    done
    echo "  below what the cores can do" | tee -a "$work/table"
    replica_load dns "$n" $((2 * n)) dns 0.020
    replica_load servers "$n" $((2 * n)) servers 0.020
    replica_load probe "$n" $((25 * n)) probe 0.500
    echo "  more than the cores can do" | tee -a "$work/table"
    replica_load dns "$n" $((32 * n)) dns 0.020
    replica_load servers "$n" $((32 * n)) servers 0.020
    replica_load probe "$n" $((100 * n)) probe 0.500
    for i in gateway-service dns-service http-probe-service; do
      echo "  $i handled $(split_of "$i")" | tee -a "$work/table"
    done
    echo "  server-factory-service owns $(curl -sf -m 5 "http://127.0.0.1:$proxy/api/v1/servers" | grep -o '"node":"[^"]*"' | sort | uniq -c | awk '{print $1}' | tr '\n' ' ')servers" | tee -a "$work/table"
    for i in "${members[@]}"; do kill "$i"; done
    for i in "${members[@]}"; do wait "$i" 2>/dev/null || true; done
  done
  echo replicas
  cat "$work/table"
}
