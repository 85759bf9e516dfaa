# shellcheck shell=bash
# Sourced by benchmarks/run: the worker of the census beside fping, in network namespaces of its own.

block=127.9.0.0/16
far=10.99.0.0/16
near=sbw-near-$$
away=sbw-away-$$

worker_files() { # the worker as a volunteer has it, readable for every user
  local archive=("$home"/ping-worker/target/dist/worker-*.tar.gz)
  [ -f "${archive[0]}" ] || (cd "$home" && ./mvnw -q -B -DskipTests -Dspotless.check.skip=true -pl ping-worker -am package)
  archive=("$home"/ping-worker/target/dist/worker-*.tar.gz)
  chmod 755 "$work"
  tar -xzf "${archive[0]}" -C "$work"
}

near() { # COMMAND…: in the namespace of the volunteer
  ip netns exec "$near" "$@"
}

timed_once() { # LABEL COMMAND…: wall and CPU seconds; its output in $work/out
  local label=$1
  shift
  TIMEFORMAT='%R s wall, %U s user, %S s system'
  { time near timeout 120 "$@" >"$work/out" 2>"$work/err" || true; } 2>"$work/time"
  echo "  $label: $(cat "$work/time"); $(found); load $(cut -d' ' -f1 /proc/loadavg)"
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
    timed_once "worker, $label" "$@" "$work/worker/worker" ping "$block" --rate 1000000
    timed_once "fping, $label" "$@" fping -a -q -i 0 -r 0 -g "$block"
  done
}

echo_requests() { # sent from the namespace since its start
  near awk '$1 == "Icmp:" {if (!n) {for (i = 1; i <= NF; i++) if ($i == "OutEchos") n = i} else print $n}' /proc/net/snmp
}

held_rate() { # PPS SECONDS: packets of each second, counted by the system
  local pps=$1 seconds=$2 pid before now begun took list=()
  ip netns exec "$near" "$work/worker/worker" ping "$block" --rate "$pps" >/dev/null & # itself, so that kill meets it
  pid=$!
  pids+=("$pid")
  sleep 2
  before=$(echo_requests)
  begun=$(date +%s%N)
  for ((i = 0; i < seconds; i++)); do
    sleep 1
    now=$(echo_requests)
    # A second of sleep is a bit longer: what is counted is of the time that passed.
    took=$(($(date +%s%N) - begun))
    begun=$((begun + took))
    list+=($(((now - before) * 1000000000 / took)))
    before=$now
  done
  kill "$pid"
  wait "$pid" 2>/dev/null || true
  echo "  $pps a second asked; packets a second, second by second: ${list[*]}"
}

spaces() { # two namespaces joined by a cable; a /16 lies behind the far end
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
}

spaces_gone() {
  ip netns del "$near" 2>/dev/null || true
  ip netns del "$away" 2>/dev/null || true
}

lossy() { # a block behind a line that loses 5 % of the packets, and delays by 20 ms where the kernel has netem
  local line="5 % loss, 20 ms"
  if ! tc -n "$away" qdisc add dev veth0 root netem loss 5% delay 20ms limit 100000 2>"$work/err"; then
    line="5 % loss"
    echo "  no delay: this kernel has no netem ($(head -n 1 "$work/err")); iptables drops requests at the far end"
    ip netns exec "$away" iptables -A INPUT -i veth0 -p icmp -m statistic --mode random --probability 0.05 -j DROP
  fi
  local r mac
  for ((r = 0; r < rounds; r++)); do
    timed_once "worker, $line" "$work/worker/worker" ping "$far" --rate 5000
    timed_once "fping, $line" fping -a -q -i 0.2 -r 0 -g "$far"
    if command -v zmap >/dev/null; then
      mac=$(ip -n "$away" -br link show veth0 | awk '{print $3}')
      timed_once "zmap, $line" zmap -q -M icmp_echoscan -i veth0 -G "$mac" -r 5000 -c 8 -b /dev/null -O csv "$far"
    fi
  done
}

worker() { # as root, for the namespaces; the group range is opened in one of them alone
  need fping ip tc setpriv iptables
  worker_files
  trap 'spaces_gone; cleanup' EXIT
  spaces
  echo "$(nproc) cores, $(uname -sr), $(fping --version | head -n 1), $rounds rounds, $block"
  beside_fping "root" env
  near sysctl -qw net.ipv4.ping_group_range="0 2147483647"
  beside_fping "user, datagram socket" setpriv --reuid 65534 --regid 65534 --clear-groups
  held_rate 1000 10
  held_rate 100 10
  lossy
}
