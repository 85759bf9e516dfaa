# shellcheck shell=bash
# Sourced by benchmarks/run: the worker of the census beside fping, on loopback and in network namespaces of its own.

block=127.9.0.0/16
far=10.99.0.0/16

worker_files() { # the worker as a volunteer has it, readable for every user
  local archive=("$home"/ping-worker/target/dist/worker-*.tar.gz)
  [ -f "${archive[0]}" ] || (cd "$home" && ./mvnw -q -B -DskipTests -Dspotless.check.skip=true -pl ping-worker -am package)
  archive=("$home"/ping-worker/target/dist/worker-*.tar.gz)
  chmod 755 "$work"
  tar -xzf "${archive[0]}" -C "$work"
}

timed() { # LABEL COMMAND…: wall and CPU seconds; its output in $work/out
  local label=$1
  shift
  TIMEFORMAT='%R s wall, %U s user, %S s system'
  { time "$@" >"$work/out" 2>"$work/err" || true; } 2>"$work/time"
  echo "  $label: $(cat "$work/time"); $(found)"
}

found() { # how many answered, from the output of either program
  if grep -q answered "$work/out"; then
    sed -n 's/.*: \([0-9]* answered of [0-9]* sent\).*/\1/p' "$work/out"
  else
    echo "$(grep -c . "$work/out") answered"
  fi
}

beside_fping() { # LABEL PREFIX…: both, alternating
  local label=$1 r
  shift
  for ((r = 0; r < rounds; r++)); do
    timed "worker, $label" "$@" "$work/worker/worker" ping "$block" --rate 1000000
    timed "fping, $label" "$@" fping -a -q -i 0 -r 0 -g "$block"
  done
}

echo_requests() { # sent by this machine since its start
  awk '$1 == "Icmp:" {if (!n) {for (i = 1; i <= NF; i++) if ($i == "OutEchos") n = i} else print $n}' /proc/net/snmp
}

held_rate() { # PPS SECONDS: packets of each second, counted by the system
  local pps=$1 seconds=$2 pid before now list=()
  "$work/worker/worker" ping "$block" --rate "$pps" >/dev/null &
  pid=$!
  pids+=("$pid")
  sleep 2
  before=$(echo_requests)
  for ((i = 0; i < seconds; i++)); do
    sleep 1
    now=$(echo_requests)
    list+=($((now - before)))
    before=$now
  done
  kill "$pid"
  wait "$pid" 2>/dev/null || true
  echo "  $pps a second asked; packets of each second: ${list[*]}"
}

lossy() { # a block behind a line that loses 5 % and delays by 20 ms
  local near=sbw-near-$$ away=sbw-away-$$
  ip netns add "$near"
  ip netns add "$away"
  ip -n "$near" link add veth0 type veth peer name veth0 netns "$away"
  ip -n "$near" addr add 10.77.0.1/30 dev veth0
  ip -n "$away" addr add 10.77.0.2/30 dev veth0
  for space in "$near" "$away"; do
    ip -n "$space" link set lo up
    ip -n "$space" link set veth0 up
  done
  ip -n "$near" route add "$far" via 10.77.0.2
  ip -n "$away" route add local "$far" dev lo
  if tc -n "$away" qdisc add dev veth0 root netem loss 5% delay 20ms limit 100000 2>"$work/err"; then
    timed "worker, 5 % loss, 20 ms" ip netns exec "$near" "$work/worker/worker" ping "$far" --rate 5000
    timed "fping, 5 % loss, 20 ms" ip netns exec "$near" fping -a -q -i 0.2 -r 0 -g "$far"
  else
    echo "  loss and delay: this kernel has no netem ($(head -n 1 "$work/err"))"
    timed "worker, veth without loss" ip netns exec "$near" "$work/worker/worker" ping "$far" --rate 5000
    timed "fping, veth without loss" ip netns exec "$near" fping -a -q -i 0.2 -r 0 -g "$far"
  fi
  ip netns del "$near"
  ip netns del "$away"
}

worker() { # as root: it opens the group range for ordinary users, and closes it again
  need fping ip tc setpriv
  worker_files
  echo "$(nproc) cores, $(uname -sr), $(fping --version | head -n 1), $rounds rounds, $block"
  beside_fping "root, raw socket" env
  local range
  range=$(sysctl -n net.ipv4.ping_group_range)
  sysctl -qw net.ipv4.ping_group_range="0 2147483647"
  beside_fping "user, datagram socket" setpriv --reuid 65534 --regid 65534 --clear-groups
  held_rate 1000 10
  held_rate 300 5
  sysctl -qw net.ipv4.ping_group_range="$range"
  lossy
}
