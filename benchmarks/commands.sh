# shellcheck shell=bash
# Sourced by benchmarks/run: commands as whole processes, from the shell's fork to their end.

timed() { # LABEL COMMAND…: medians of RUNS runs
  local label=$1 runs=${RUNS:-20} i TIMEFORMAT='%R %U %S'
  shift
  "$@" >/dev/null # the first run fills the caches of the operating system
  : >"$work/times"
  for i in $(seq "$runs"); do
    { time "$@" >/dev/null 2>"$work/said"; } 2>>"$work/times" || { cat "$work/said" >&2; return 1; }
  done
  printf '  %-34s %6.3f s, %6.3f s CPU\n' "$label" "$(awk '{print $1}' "$work/times" | median)" \
    "$(awk '{print $2 + $3}' "$work/times" | median)"
}

client_commands() { # those that help, and those that ask a running system
  local port
  port=$(free_port)
  up "$port" "$work/data"
  export SIGNALBOX_SERVER=http://127.0.0.1:$port
  echo hello >"$work/hello.txt"
  "$home/signalbox" upload "$work/hello.txt" hello.txt >/dev/null
  timed "a JVM that prints its version" "$java" -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -version
  timed "signalbox help" "$home/signalbox" help
  timed "signalbox dns --help" "$home/signalbox" dns --help
  timed "signalbox completion bash" "$home/signalbox" completion bash
  timed "signalbox config" "$home/signalbox" config
  timed "signalbox status" "$home/signalbox" status
  timed "signalbox server list" "$home/signalbox" server list
  timed "signalbox message tail" "$home/signalbox" message tail
  timed "signalbox census progress" "$home/signalbox" census progress
  timed "signalbox download" "$home/signalbox" download hello.txt -o -
  timed "curl" curl -s "$SIGNALBOX_SERVER/api/v1/services"
}

commands() {
  need knotd kdig curl nginx
  local dns page
  dns=$(free_port)
  page=$(free_port)
  knot "$dns"
  mkdir -p "$work/root"
  chmod 755 "$work" "$work/root"
  head -c 1024 /dev/zero >"$work/root/file.bin"
  nginx_peer files.conf -e "s/@PORT@/$page/" -e "s|@ROOT@|$work/root|"
  await_http "http://127.0.0.1:$page/file.bin"
  "$home/signalbox" version >/dev/null # builds
  [ -f "$dist/signalbox.aot" ] || "$home/signalbox" aot-training >/dev/null 2>&1
  echo "$(nproc) cores, $(uname -sr), $("$java" -version 2>&1 | sed -n 2p), medians of ${RUNS:-20} runs"
  timed "signalbox dns" "$home/signalbox" dns ready.bench.test "@127.0.0.1:$dns"
  timed "kdig" kdig "@127.0.0.1" -p "$dns" ready.bench.test
  timed "signalbox probe" "$home/signalbox" probe "http://127.0.0.1:$page/file.bin"
  timed "curl" curl -s "http://127.0.0.1:$page/file.bin"
  echo '{"task_name":"dns_query","params":{"domain":"ready.bench.test","resolver":"127.0.0.1:'"$dns"'"}}' >"$work/task"
  timed "signalbox run, one task" "$home/signalbox" run "$work/task"
  timed "signalbox version" "$home/signalbox" version
  client_commands
}
