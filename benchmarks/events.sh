# shellcheck shell=bash
# Sourced by benchmarks/run: the live feed of one gateway, with its readers in the same process.

events_class_path() {
  (cd "$home" && ./mvnw -q -B -Dspotless.check.skip=true -pl gateway-service -am test-compile \
    dependency:build-classpath -DincludeScope=test -Dmdep.outputFile="$work/events.classpath")
  echo "$home/gateway-service/target/test-classes:$home/gateway-service/target/classes:$(cat "$work/events.classpath")"
}

events() { # how late events are for 1,000 and 5,000 readers; READERS, EVENT_RATE a second
  local rate=${EVENT_RATE:-10} classes readers r
  [ "$(ulimit -n)" -ge 12000 ] || ulimit -n 12000 || { echo "This benchmark needs 12,000 open files." >&2; exit 77; }
  classes=$(events_class_path)
  echo "$(nproc) cores, $(uname -sr), $("$java" -version 2>&1 | sed -n 2p), $rate events a second for ${seconds} s, $rounds rounds"
  for readers in ${READERS:-1000 5000}; do
    for r in $(seq "$rounds"); do
      timeout 120 "$java" "@$home/cli/src/main/dist/jvm.options" -Xmx512m -cp "$classes" \
        dev.signalbox.gateway.EventsPace "$readers" "$rate" "$seconds" 2>"$work/events.log" |
        grep '^readers=' | sed "s|^|  round $r  |" || { tail -n 20 "$work/events.log" >&2; return 1; }
    done
  done
}
