# shellcheck shell=bash
# Sourced by benchmarks/run: what spans cost. Three systems are up at once, without a collector, with one in a hundred requests
# kept and with all kept, and are loaded in turn; a collector on loopback takes everything and keeps nothing.

tracing() {
  need wrk nginx curl
  build
  local collector names=(off "ratio 0.01" "ratio 1") ratios=("" 0.01 1) ports=() pids_of=() i round before after rate
  collector=$(free_port)
  nginx_peer collector.conf -e "s/@PORT@/$collector/"
  await_http "http://127.0.0.1:$collector/"
  for i in 0 1 2; do
    local main options=()
    main=$(free_port); codes=$(free_port)
    [ -z "${ratios[i]}" ] ||
      options=(--platform.trace-endpoint="http://127.0.0.1:$collector" --platform.trace-ratio="${ratios[i]}")
    up "$main" "$work/data$i" "${options[@]}"
    pids_of+=("${pids[-1]}")
    ports+=("$codes")
  done
  conditions
  echo "load average before: $(cut -d' ' -f1-3 /proc/loadavg)"
  : >"$work/rates"
  for ((round = 0; round <= rounds; round++)); do # the first warms up
    for i in 0 1 2; do
      before=$(awk '{print $14 + $15}' "/proc/${pids_of[i]}/stat")
      rate=$(wrk -t1 -c"$connections" -d"${seconds}s" -s "$home/benchmarks/post-code.lua" "http://127.0.0.1:${ports[i]}/" |
        awk '/^Requests\/sec/ {print $2}')
      after=$(awk '{print $14 + $15}' "/proc/${pids_of[i]}/stat")
      [ "$round" = 0 ] || echo "$i $rate $((after - before))" >>"$work/rates"
    done
  done
  for i in 0 1 2; do
    awk -v i="$i" -v name="${names[i]}" -v hertz="$(getconf CLK_TCK)" -v seconds="$seconds" '
      $1 == 0 {off[++offs] = $2}
      $1 == i {rate[++n] = $2; cpu[n] = $3 / hertz / ($2 * seconds) * 1e6}
      END {
        for (k = 1; k <= n; k++) ratio[k] = rate[k] / off[k]
        print name, median(rate, n), median(cpu, n), median(ratio, n)
      }
      function median(values, count,   a, b, t) {
        for (a = 1; a <= count; a++) sorted[a] = values[a]
        for (a = 1; a <= count; a++) for (b = a + 1; b <= count; b++)
          if (sorted[b] < sorted[a]) { t = sorted[a]; sorted[a] = sorted[b]; sorted[b] = t }
        return sorted[int((count + 1) / 2)]
      }' "$work/rates" |
      awk '{ratio = $NF; cpu = $(NF - 1); rate = $(NF - 2); NF -= 3
            printf "%-12s %9.0f requests/s  %6.1f us of processor time a request  %.2f of the rate without\n", $0, rate, cpu, ratio}'
  done
}
