# shellcheck shell=bash
# Sourced by benchmarks/run: what the system takes when nobody asks anything, and how soon its pages are seen.

idle() {
  local port pid=0 before after written
  port=$(free_port)
  build
  up "$port" "$work/data"
  pid=${pids[-1]}
  echo "$(nproc) cores, $(uname -sr), $("$java" -version 2>&1 | sed -n 2p); a minute after half a minute"
  sleep 30 # the compilers of the start have ended
  before=$(awk '{print $14 + $15}' "/proc/$pid/stat")
  written=$(awk '/^syscw/ {print $2}' "/proc/$pid/io")
  sleep 60
  after=$(awk '{print $14 + $15}' "/proc/$pid/stat")
  written=$(($(awk '/^syscw/ {print $2}' "/proc/$pid/io") - written))
  awk -v ticks=$((after - before)) -v hertz="$(getconf CLK_TCK)" -v writes="$written" -v mb="$(resident VmRSS "$pid")" \
    'BEGIN {printf "idle\n  %.1f %% of a core, %.1f writes a second, %s MB resident\n", 100 * ticks / hertz / 60, writes / 60, mb}'
}

first_paint() {
  need node chromium
  local port
  port=$(free_port)
  build
  up "$port" "$work/data"
  echo "$(nproc) cores, $(uname -sr), $(chromium --version 2>/dev/null), nothing cached, medians of $rounds"
  node --no-warnings --experimental-websocket "$home/benchmarks/first-paint.mjs" "$work" "http://127.0.0.1:$port" "$rounds" \
    / /ui/ /ui/tasks /ui/servers /ui/messages /ui/files /ui/census /ui/settings
}
