# shellcheck shell=bash
# Sourced by benchmarks/run: the benchmarks of DNS and HTTP tasks.

bench() { # CLASS ARGUMENTS…: a program of ours
  local class=$1
  shift
  "$java" -Xmx512m --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow \
    -cp "$home/benchmarks/target/benchmarks.jar:$dist/lib/*" "dev.signalbox.benchmarks.$class" "$@"
}

spawn_bench() { # LOG CLASS ARGUMENTS…
  local log=$1 class=$2
  shift 2
  spawn "$log" "$java" -Xmx512m --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow \
    -cp "$home/benchmarks/target/benchmarks.jar:$dist/lib/*" "dev.signalbox.benchmarks.$class" "$@"
}

await_line() { # LOG TEXT
  for _ in $(seq 300); do
    grep -q "$2" "$work/$1.log" 2>/dev/null && return
    sleep 0.1
  done
  echo "$1 does not start" >&2
  tail -n 20 "$work/$1.log" >&2
  exit 1
}

cpu() { # PID…: CPU seconds used so far, in all
  local pid sum=0
  for pid in "$@"; do
    sum=$(awk -v s="$sum" -v hz="$(getconf CLK_TCK)" '{print s + ($14 + $15) / hz}' "/proc/$pid/stat")
  done
  echo "$sum"
}

family() { # PID: it and its children
  echo "$1"
  local child
  for child in $(cat "/proc/$1/task/$1/children" 2>/dev/null); do family "$child"; done
}

value() { # KEY: of a line key=value … on standard input
  tr ' ' '\n' | sed -n "s/^$1=//p"
}

minus() { awk "BEGIN {printf \"%.2f\", $1 - $2}"; }
per() { awk "BEGIN {printf \"%.1f\", ($2 > 0 ? 1e6 * $1 / $2 : 0)}"; } # SECONDS COUNT: microseconds each

knot() { # PORT
  local dir
  dir=$(mktemp -d "$work/knot.XXXX")
  cp "$home/benchmarks/peers/bench.test.zone" "$dir/"
  sed -e "s|@DIR@|$dir|g" -e "s/@PORT@/$1/" -e 's/@@/@/' "$home/benchmarks/peers/knot.conf" >"$dir/knot.conf"
  spawn knot knotd -c "$dir/knot.conf"
  for _ in $(seq 100); do
    kdig +time=1 +retry=0 +short "@127.0.0.1" -p "$1" ready.bench.test 2>/dev/null | grep -q 192.0.2.1 && return
    sleep 0.1
  done
  echo "knot does not answer" >&2
  cat "$work/knot.log" >&2
  exit 1
}

tasks_up() { # PORT ARGUMENTS…: the whole system; its process in $ours
  local port=$1
  shift
  up "$port" "$work/data" --guard.allow-private=true "$@"
  ours=${pids[-1]}
}

dns_task() { # PORT: a line of the stream
  printf '{"id":"@N@","task_name":"dns_query","params":{"domain":"n@N@.bench.test","resolver":"127.0.0.1:%s"}}' "$1"
}

dns_load() { # GATEWAY RESOLVER COUNT ARGUMENTS…: prints what StreamLoad says; its exit code
  local gateway=$1 resolver=$2 some=$3
  shift 3
  bench StreamLoad port="$gateway" count="$some" template="$(dns_task "$resolver")" expect='"rcode":"NOERROR"' "$@"
}

dns_conditions() {
  echo "$(nproc) cores, $(uname -sr), $("$java" -version 2>&1 | sed -n 2p), $(knotd --version | head -n 1), $(dnsperf -h 2>&1 | sed -n 's/.*[Vv]ersion *//p' | head -n 1) dnsperf; $count names, $rounds rounds, load, server and system on the same cores"
}

dns_stream() {
  need knotd kdig dnsperf curl
  build
  local count=${COUNT:-100000} sample=${SAMPLE:-500} r before main server line rate
  main=$(free_port); server=$(free_port)
  knot "$server"
  tasks_up "$main"
  awk -v n="$count" 'BEGIN {for (i = 0; i < n; i++) print "n" i ".bench.test A"}' >"$work/names"
  cut -d' ' -f1 "$work/names" >"$work/hosts"
  awk -v task="$(dns_task "$server")" '{line = task; gsub(/@N@/, NR - 1, line); print line}' "$work/hosts" >"$work/tasks"
  echo "127.0.0.1:$server" >"$work/resolvers"
  dns_conditions
  line=$(dns_load "$main" "$server" "$count" || true)
  echo "  cold, the first names of the process: $line"
  for r in $(seq "$rounds"); do
    before=$(cpu "$ours")
    line=$(dns_load "$main" "$server" "$count" || true)
    echo "  round $r  tasks/stream: $line cpu_s=$(minus "$(cpu "$ours")" "$before")"
    echo "$line" >>"$work/ours"
    line=$(dnsperf -s 127.0.0.1 -p "$server" -d "$work/names" -n 1 -c 8 -T 1 -q 200 -l 120 -t 5 2>&1 |
      awk '/Queries per second/ {qps=$4} /Queries completed/ {done=$3} /Queries lost/ {lost=$3} /Average Latency/ {avg=$4 * 1000}
           END {printf "rate=%.0f completed=%s lost=%s mean_ms=%.1f", qps, done, lost, avg}')
    echo "  round $r  dnsperf: $line"
    echo "$line" >>"$work/peer"
    if command -v massdns >/dev/null; then # not packaged everywhere: measured where it is installed
      massdns_round "$count" >"$work/line"
      echo "  round $r  massdns, whole process: $(cat "$work/line")"
      value rate <"$work/line" >>"$work/massdns"
      curl_round "$main" "$count" >"$work/line"
      echo "  round $r  curl, file to file as massdns: $(cat "$work/line")"
      value rate <"$work/line" >>"$work/curl"
    fi
    before=$(date +%s%N)
    head -n "$sample" "$work/names" | while read -r host type; do
      kdig +time=5 +short @127.0.0.1 -p "$server" "$host" "$type"
    done >"$work/kdig.out"
    rate=$(awk "BEGIN {print $sample * 1e9 / ($(date +%s%N) - $before)}")
    echo "  round $r  kdig in a shell loop: rate=$rate of $(grep -c 192.0.2.1 "$work/kdig.out") answered, $sample asked"
    echo "$rate" >>"$work/shell"
  done
  local a b c
  a=$(value rate <"$work/ours" | median); b=$(value rate <"$work/peer" | median); c=$(median <"$work/shell")
  printf 'dns-stream\n  %-28s %10.0f /s   p50 %s ms, p99 %s ms\n  %-28s %10.0f /s\n  %-28s %10.0f /s\n  ratio to dnsperf %.2f, to the shell loop %.0f\n' \
    "tasks/stream" "$a" "$(value p50_ms <"$work/ours" | median)" "$(value p99_ms <"$work/ours" | median)" \
    "dnsperf (the server's limit)" "$b" "kdig, one after another" "$c" "$(awk "BEGIN {print $a / $b}")" "$(awk "BEGIN {print $a / $c}")"
  [ ! -f "$work/massdns" ] || printf '  %-28s %10.0f /s   ratio %.2f, of curl %.2f\n' "massdns" "$(median <"$work/massdns")" \
    "$(awk "BEGIN {print $a / $(median <"$work/massdns")}")" \
    "$(awk "BEGIN {print $(median <"$work/curl") / $(median <"$work/massdns")}")"
  all_complete
}

# The load client measures each result, on the same processors. This is what a user does, and what massdns does, too: names
# from a file, results to a file.
curl_round() { # GATEWAY COUNT
  local began ended answered
  began=$(date +%s%N)
  curl -sS -N -X POST -H 'Content-Type: application/x-ndjson' -T "$work/tasks" -o "$work/curl.out" \
    "http://127.0.0.1:$1/api/v1/tasks/stream?concurrency=500"
  ended=$(date +%s%N)
  answered=$(grep -c '"rcode":"NOERROR"' "$work/curl.out" || true)
  [ "$answered" -eq "$2" ] || {
    echo "curl got $answered answers for $2 names" >&2
    return 1
  }
  awk "BEGIN {printf \"rate=%.0f answered=%d\\n\", $answered * 1e9 / ($ended - $began), $answered}"
}

massdns_round() { # COUNT: all names once; fails, as ours does, when not all are answered
  local began ended answered
  began=$(date +%s%N)
  massdns -q -r "$work/resolvers" -s 500 -t A -o J -w "$work/massdns.out" "$work/hosts" >"$work/massdns.log" 2>&1 || {
    echo "massdns fails" >&2
    tail -n 20 "$work/massdns.log" >&2
    return 1
  }
  ended=$(date +%s%N)
  answered=$(grep -c '"status":"NOERROR"' "$work/massdns.out" || true)
  [ "$answered" -eq "$1" ] || {
    echo "massdns got $answered answers for $1 names" >&2
    tail -n 20 "$work/massdns.log" >&2
    return 1
  }
  awk "BEGIN {printf \"rate=%.0f answered=%d\\n\", $answered * 1e9 / ($ended - $began), $answered}"
}

all_complete() { # whether every round of ours answered every task
  if awk -v n="$count" '!/missing=0 twice=0/ || !/summary=true/ || $0 !~ ("good=" n " ") {bad = 1} END {exit bad}' "$work/ours"; then
    echo "  every task answered once, as expected, in every round"
  else
    echo "  NOT every task was answered as expected" >&2
    exit 1
  fi
}

dns_loss() {
  need knotd kdig dnsperf curl
  build
  local count=${COUNT:-100000} r before main server lossy line
  main=$(free_port); server=$(free_port); lossy=$(free_port)
  knot "$server"
  spawn_bench lossy LossyForwarder "$lossy" "$server" 5 20 10
  await_line lossy ready
  tasks_up "$main"
  dns_conditions
  echo "through a forwarder that loses 5 % of the questions and holds answers back for 20 ms ± 10 ms"
  dns_load "$main" "$lossy" $((count / 10)) >/dev/null || true # warm
  for r in $(seq "$rounds"); do
    before=$(cpu "$ours")
    line=$(dns_load "$main" "$lossy" "$count" seconds=300 || true)
    echo "  round $r  $line cpu_s=$(minus "$(cpu "$ours")" "$before")"
    echo "$line" >>"$work/ours"
  done
  printf 'dns-loss\n  %-28s %10.0f /s   p50 %s ms, p99 %s ms\n' "tasks/stream" "$(value rate <"$work/ours" | median)" \
    "$(value p50_ms <"$work/ours" | median)" "$(value p99_ms <"$work/ours" | median)"
  if grep -qv 'missing=0 twice=0' "$work/ours"; then
    echo "  NOT every loss was retried or reported" >&2
    exit 1
  fi
  echo "  every name answered or reported, none missing; attempts and errors above"
}

sample_memory() { # PID FILE: once a second until killed: seconds, RSS MB, heap MB
  local pid=$1 file=$2 second=0
  echo "second,rss_mb,heap_mb" >"$file"
  "${java%/java}/jstat" -J-Xmx32m -gc "$pid" 1000 | while read -r line; do
    case $line in *S0C*) continue ;; esac
    echo "$second,$(awk '/VmRSS/ {printf "%.1f", $2 / 1024}' "/proc/$pid/status"),$(echo "$line" | awk '{printf "%.1f", ($3 + $4 + $6 + $8) / 1024}')"
    second=$((second + 1))
  done >>"$file"
}

plot() { # FILE: RSS and heap over time, at most 40 lines
  awk -F, 'NR > 1 {t[NR] = $1; r[NR] = $2; h[NR] = $3; if ($2 > top) top = $2}
    END {step = NR > 41 ? int((NR + 39) / 40) : 1
      for (i = 2; i <= NR; i += step) {line = ""
        for (c = 0; c < 50; c++) line = line (c * top / 50 < h[i] ? "#" : c * top / 50 < r[i] ? "-" : " ")
        printf "  %4d s |%s| RSS %.0f MB, heap %.0f MB\n", t[i], line, r[i], h[i]}}' "$1"
}

stream_memory() {
  need knotd kdig curl
  build
  local count=${COUNT:-1000000} main server line kind sampler csv settings gone
  main=$(free_port); server=$(free_port)
  knot "$server"
  tasks_up "$main"
  dns_conditions
  dns_load "$main" "$server" $((count / 100 + 1)) >/dev/null || true # warm
  for kind in fast slow; do
    csv=${OUT:-$work}/stream-memory-$kind.csv
    settings=()
    # 100 ms after every 1,000 answers: at most 10,000 answers a second.
    [ "$kind" = fast ] || settings=(pause-every=1000 pause-ms="${PAUSE_MS:-100}" progress=on)
    sample_memory "$ours" "$csv" &
    sampler=$!
    pids+=("$sampler")
    line=$(dns_load "$main" "$server" "$count" seconds="${MEMORY_SECONDS:-300}" "${settings[@]}" 2>"$work/sent" || true)
    stop_sampler "$sampler"
    echo "  $kind reader: $line"
    [ "$kind" = fast ] || awk '{ahead = $2 - $3; if (ahead > most) most = ahead} END {print "  slow reader: the sender was at most " most " tasks ahead of the answers read"}' "$work/sent"
    plot "$csv"
    awk -F, -v kind="$kind" 'NR > 1 {if ($2 > r) r = $2; if ($3 > h) h = $3} END {print "  " kind " reader: RSS at most " r " MB, heap at most " h " MB"}' "$csv"
  done
  leaving "$main" >"$work/gone"
  gone=$(cat "$work/gone")
  echo "stream-memory"
  echo "  a client that leaves halfway: $gone"
  [ -z "${OUT-}" ] || echo "  curves: $OUT/stream-memory-*.csv"
}

stop_sampler() { # PID: it, and the jstat below it
  local pid
  for pid in $(family "$1" | tac); do kill "$pid" 2>/dev/null || true; done
  wait "$1" 2>/dev/null || true
}

in_flight() { # GATEWAY: calls under way in dns-service
  curl -s -m 2 "http://127.0.0.1:$1/metrics" | awk '/^signalbox_service_in_flight\{.*dns-service/ {print int($2)}'
}

leaving() { # GATEWAY: how long until nothing is under way for a client that has left
  local main=$1 silent left began before=0 load
  silent=$(free_port)
  spawn_bench silent LossyForwarder "$silent" "$silent" 100 0 0 # loses everything: each task waits out its time
  await_line silent ready
  dns_load "$main" "$silent" 20000 leave-ms=1500 >/dev/null 2>&1 &
  load=$!
  while kill -0 "$load" 2>/dev/null; do
    left=$(in_flight "$main")
    [ "${left:-0}" -le "$before" ] || before=$left
    sleep 0.05
  done
  began=$(date +%s%N)
  for _ in $(seq 200); do
    left=$(in_flight "$main")
    [ "$left" != 0 ] || { awk "BEGIN {printf \"%d in flight, nothing after %.2f s\", $before, ($(date +%s%N) - $began) / 1e9}"; return; }
    sleep 0.02
  done
  echo "$left still in flight after 10 s"
}

probe_task() { # URL [FURTHER PARAMETERS]
  printf '{"id":"@N@","task_name":"http_probe","params":{"url":"%s","include_body":false,"verify_tls":false,"ip_family":"ipv4"%s}}' "$1" "${2:-}"
}

probe_load() { # GATEWAY URL COUNT ARGUMENTS…
  local gateway=$1 url=$2 some=$3
  shift 3
  bench StreamLoad port="$gateway" count="$some" template="$(probe_task "$url")" expect='"status_code":200' "$@"
}

probe() {
  need nginx prometheus-blackbox-exporter wrk curl openssl
  build
  local count=${COUNT:-20000} main page tls exporter peer dir r kind url line before used rate
  main=$(free_port); page=$(free_port); tls=$(free_port); exporter=$(free_port)
  certificate
  nginx_peer probed.conf -e "s/@PORT@/$page/" -e "s/@TLS@/$tls/" -e "s|cert.pem|$work/cert.pem|; s|key.pem|$work/key.pem|"
  await_http "http://127.0.0.1:$page/"
  spawn blackbox prometheus-blackbox-exporter --config.file="$home/benchmarks/peers/blackbox.yml" \
    --web.listen-address="127.0.0.1:$exporter" --log.level=error
  peer=${pids[-1]}
  await_http "http://127.0.0.1:$exporter/-/healthy"
  tasks_up "$main" --probe.modules-file="$home/benchmarks/peers/blackbox.yml"
  echo "$(nproc) cores, $(uname -sr), $("$java" -version 2>&1 | sed -n 2p), $(prometheus-blackbox-exporter --version 2>&1 | head -n 1 | cut -d' ' -f1-3), $(nginx -v 2>&1); $count probes through tasks/stream, wrk -t1 -c$connections -d${seconds}s on the exporter, $rounds rounds"
  for kind in plain tls; do
    url=http://127.0.0.1:$page/
    [ "$kind" = plain ] || url=https://127.0.0.1:$tls/
    curl -s "http://127.0.0.1:$exporter/probe?module=page&target=$url" | grep -q '^probe_success 1' ||
      { echo "the exporter cannot probe $url" >&2; exit 1; }
    probe_load "$main" "$url" $((count / 2)) >/dev/null || true # warm
    load "http://127.0.0.1:$exporter/probe?module=page&target=$url" >/dev/null
    load "http://127.0.0.1:$main/probe?module=page&target=$url" >/dev/null
    : >"$work/ours"
    : >"$work/scraped"
    : >"$work/peer"
    for r in $(seq "$rounds"); do
      before=$(cpu "$ours")
      line=$(probe_load "$main" "$url" "$count" || true)
      used=$(minus "$(cpu "$ours")" "$before")
      echo "  round $r  $kind, tasks/stream: $line cpu_us_per_probe=$(per "$used" "$count")"
      echo "$line cpu=$(per "$used" "$count")" >>"$work/ours"
      before=$(cpu "$peer")
      line=$(load "http://127.0.0.1:$exporter/probe?module=page&target=$url")
      used=$(minus "$(cpu "$peer")" "$before")
      rate=${line%% *}
      used=$(per "$used" "$(awk "BEGIN {print $rate * $seconds}")")
      echo "  round $r  $kind, blackbox_exporter: $line cpu_us_per_probe=$used"
      echo "rate=$rate cpu=$used" >>"$work/peer"
      before=$(cpu "$ours")
      line=$(load "http://127.0.0.1:$main/probe?module=page&target=$url")
      used=$(minus "$(cpu "$ours")" "$before")
      rate=${line%% *}
      used=$(per "$used" "$(awk "BEGIN {print $rate * $seconds}")")
      echo "  round $r  $kind, GET /probe: $line cpu_us_per_probe=$used"
      echo "rate=$rate cpu=$used" >>"$work/scraped"
    done
    printf 'probe %s\n  %-28s %10.0f /s, %s µs CPU a probe\n  %-28s %10.0f /s, %s µs CPU a probe\n  ratio %.2f\n' "$kind" \
      "tasks/stream" "$(value rate <"$work/ours" | median)" "$(value cpu <"$work/ours" | median)" \
      "blackbox_exporter" "$(value rate <"$work/peer" | median)" "$(value cpu <"$work/peer" | median)" \
      "$(awk "BEGIN {print $(value rate <"$work/ours" | median) / $(value rate <"$work/peer" | median)}")"
    printf '  %-28s %10.0f /s, %s µs CPU a probe\n  ratio %.2f\n' \
      "GET /probe" "$(value rate <"$work/scraped" | median)" "$(value cpu <"$work/scraped" | median)" \
      "$(awk "BEGIN {print $(value rate <"$work/scraped" | median) / $(value rate <"$work/peer" | median)}")"
    all_complete
  done
  tls_floor "$tls"
  # For information: the exporter has nothing like it, and the rows above open a connection for each probe.
  local task
  task=$(probe_task "http://127.0.0.1:$page/" ',"reuse_connection":true')
  : >"$work/ours"
  for r in $(seq "$rounds"); do
    before=$(cpu "$ours")
    line=$(bench StreamLoad port="$main" count="$count" template="$task" expect='"status_code":200' || true)
    used=$(minus "$(cpu "$ours")" "$before")
    echo "  round $r  plain, connections reused: $line cpu_us_per_probe=$(per "$used" "$count")"
    echo "$line cpu=$(per "$used" "$count")" >>"$work/ours"
  done
  printf 'probe plain, reuse_connection\n  %-28s %10.0f /s, %s µs CPU a probe\n' \
    "tasks/stream" "$(value rate <"$work/ours" | median)" "$(value cpu <"$work/ours" | median)"
  all_complete
}

tls_floor() { # PORT: what a new TLS connection and one GET cost a program in C that does nothing else, one after another
  local TIMEFORMAT='%U %S'
  { time openssl s_time -connect "127.0.0.1:$1" -new -www / -time "$seconds" >"$work/s_time" 2>&1; } 2>"$work/s_time.cpu" ||
    { cat "$work/s_time" >&2; return 1; }
  awk 'NR == FNR {used = $1 + $2; next} /connections in .* real seconds/ {n = $1; real = $4}
       END {if (n == 0) exit 1
            printf "TLS alone\n  %-28s %10.0f /s, %.0f µs CPU a connection\n", "openssl s_time", n / real, used * 1e6 / n}' \
    "$work/s_time.cpu" "$work/s_time"
}

probe_slow() {
  need curl
  ulimit -n "$(ulimit -Hn)"
  build
  local count=${COUNT:-10000} delay=${DELAY_MS:-5000} main slow line threads most=0 rss=0 now load
  [ "$(ulimit -n)" = unlimited ] || [ "$(ulimit -n)" -ge $((count + 1000)) ] || # for each process
    { echo "This benchmark needs $((count + 1000)) open files a process; the limit is $(ulimit -Hn)." >&2; exit 77; }
  main=$(free_port); slow=$(free_port)
  spawn_bench slow SlowServer "$slow" "$delay"
  await_http "http://127.0.0.1:$slow/ready"
  tasks_up "$main" --gateway.max-batch-concurrency=10000
  echo "$(nproc) cores, $(uname -sr), $("$java" -version 2>&1 | sed -n 2p); $count targets at once, each answers after $delay ms; $(ulimit -n) open files"
  threads=$(awk '/Threads/ {print $2}' "/proc/$ours/status")
  rss=$(awk '/VmRSS/ {printf "%.0f", $2 / 1024}' "/proc/$ours/status")
  echo "  before: $threads threads, $rss MB resident"
  probe_load "$main" "http://127.0.0.1:$slow/" "$count" seconds=120 concurrency="$count" >"$work/slow.out" 2>"$work/slow.err" &
  load=$!
  while kill -0 "$load" 2>/dev/null; do
    now=$(awk '/Threads/ {print $2}' "/proc/$ours/status")
    [ "$now" -le "$most" ] || most=$now
    sleep 0.2
  done
  wait "$load" || true
  cat "$work/slow.err" >&2
  line=$(cat "$work/slow.out")
  echo "  $line"
  rss=$(awk '/VmHWM/ {printf "%.0f", $2 / 1024}' "/proc/$ours/status")
  printf 'probe-slow\n  %s probes took %s s in all, %s threads at most, %s MB resident at most\n' "$count" \
    "$(echo "$line" | value seconds)" "$most" "$rss"
}
