# shellcheck shell=bash
# Sourced by benchmarks/run: the map of a whole census.

map_poster() { # LABEL QUERY: seconds and bytes of a poster
  curl -sf -m 120 -o /dev/null -w "  $1: %{time_total} s, %{size_download} bytes\n" \
    "http://127.0.0.1:$port/api/v1/census/export.png$2"
}

map() { # tiles by zoom, the poster, and how long a start takes to fill the map
  need curl
  build
  local port
  port=$(free_port)
  echo "$(nproc) cores, $(uname -sr), $("$java" -version 2>&1 | sed -n 2p), SQLite"
  census_up "$port" "$work/data" --ping.lease-time=1d --ping.max-leased=65536
  echo "  resident with an empty map: $(our_resident VmRSS)"
  bench MapLoad port="$port" workers=8 fill="${FILL:-65000}" | sed 's/^/  /'
  kill "$ours"
  wait "$ours" 2>/dev/null || true
  port=$(free_port)
  census_up "$port" "$work/data" --ping.lease-time=1d
  # A poster waits until the map is filled.
  map_poster "start to the first poster, filling included" ""
  map_poster "poster of the other theme, drawn" "?theme=dark"
  map_poster "poster, kept" "?theme=dark"
  bench MapLoad port="$port" tiles="${TILES:-200}" | sed 's/^/  /'
  echo "  resident with the map of a whole census: $(our_resident VmRSS), at most $(our_resident VmHWM)"
}
