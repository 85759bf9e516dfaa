# Files of several sizes beside nginx and Caddy; sourced by run.

caddy_up() { # PORT ROOT: its file server without logs and without its admin port
  printf '{\n  admin off\n  auto_https off\n}\nhttp://127.0.0.1:%s {\n  bind 127.0.0.1\n  root * %s\n  file_server\n}\n' \
    "$1" "$2" >"$work/Caddyfile"
  spawn caddy env XDG_DATA_HOME="$work" XDG_CONFIG_HOME="$work" caddy run --config "$work/Caddyfile" --adapter caddyfile
  await_http "http://127.0.0.1:$1/1k.bin"
}

files() { # 1 KiB, 64 KiB, 1 MB; 64 and 1,000 connections; ours in one process and over the bus
  need wrk nginx caddy curl pgrep
  build
  local main peer caddy gateway size many
  main=$(free_port); peer=$(free_port); caddy=$(free_port); gateway=$(free_port); cluster_port=$(free_port)
  mkdir -p "$work/root"
  chmod 755 "$work" "$work/root"
  head -c 1024 /dev/urandom >"$work/root/1k.bin"
  head -c 65536 /dev/urandom >"$work/root/64k.bin"
  head -c 1000000 /dev/urandom >"$work/root/1m.bin"
  up "$main" "$work/data" --file.root="$work/root"
  local ours_pid=${pids[-1]}
  service file-service "$work/data2" --file.root="$work/root"
  service gateway-service "$work/data2" --gateway.port="$gateway" --gateway.codes-port=off --gateway.tasks-port=off \
    --gateway.messages-port=off --gateway.keep-alive-requests=1000000000 --gateway.request-log=off
  local gateway_pid=${pids[-1]}
  nginx_peer files.conf -e "s/@PORT@/$peer/" -e "s|@ROOT@|$work/root|"
  local nginx_pid=${pids[-1]}
  caddy_up "$caddy" "$work/root"
  local caddy_pid=${pids[-1]}
  await_http "http://127.0.0.1:$peer/1k.bin"
  for _ in $(seq 100); do
    curl -sf -o /dev/null "http://127.0.0.1:$gateway/1k.bin" && break
    sleep 0.1
  done
  conditions
  for many in ${CONNECTION_COUNTS:-64 1000}; do
    connections=$many
    for size in ${SIZES:-1k 64k 1m}; do
      echo "$size, $many connections, in one process, beside nginx:"
      alternate_costed "$ours_pid" "http://127.0.0.1:$main/$size.bin" nginx "$nginx_pid" "http://127.0.0.1:$peer/$size.bin"
      echo "$size, $many connections, in one process, beside Caddy:"
      alternate_costed "$ours_pid" "http://127.0.0.1:$main/$size.bin" Caddy "$caddy_pid" "http://127.0.0.1:$caddy/$size.bin"
      echo "$size, $many connections, gateway and file-service as two processes, beside nginx:"
      alternate_costed "$gateway_pid" "http://127.0.0.1:$gateway/$size.bin" nginx "$nginx_pid" \
        "http://127.0.0.1:$peer/$size.bin"
    done
  done
}
