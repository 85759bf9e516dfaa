#!/bin/sh
# docker-entrypoint.sh SERVICE ARGUMENTS… : runs one service, in place of this shell so that it gets the signals.
set -eu

home=/opt/signalbox
service=${1-}
if [ ! -f "$home/$service.jar" ]; then
  echo "Name a service, one of:" >&2
  for jar in "$home"/*.jar; do echo "  $(basename "$jar" .jar)" >&2; done
  exit 64
fi
# Every service is started by the command, so that one AOT cache serves all. The command itself joins no cluster unless
# it is told to.
shift
[ "$service" = signalbox ] || set -- "$service" --cluster "$@"

# SIGNALBOX_…_PASSWORD_FILE and SIGNALBOX_…_SECRET_FILE name a file with the value of the variable without _FILE.
for variable in $(env | sed -n 's/^\(SIGNALBOX_[A-Z0-9_]*_\(PASSWORD\|SECRET\)\)_FILE=.*/\1/p'); do
  eval "file=\$${variable}_FILE"
  unset "${variable}_FILE"
  [ -n "$file" ] || continue
  eval "[ -z \"\${$variable-}\" ]" || {
    echo "$variable and ${variable}_FILE are both set; set only one." >&2
    exit 64
  }
  value=$(cat -- "$file") || {
    echo "${variable}_FILE: cannot read $file as user $(id -u)." >&2
    exit 64
  }
  export "$variable=$value"
done

# The JVM chooses the collector by the memory and the processors of the container.
# A cache that does not fit the options is ignored; what the JVM says about it would appear among the log lines.
# JAVA_OPTS comes last, because the last of two contradicting options counts. It is meant to be split at spaces.
# shellcheck disable=SC2086
exec java "@$home/container.options" \
  -XX:AOTCache="$home/signalbox.aot" '-Xlog:aot*=off' '-Xlog:aot*=off:stderr' \
  ${JAVA_OPTS-} -jar "$home/signalbox.jar" "$@"
