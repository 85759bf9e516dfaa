#!/bin/sh
# docker-entrypoint.sh SERVICE ARGUMENTS… : runs one service, in place of this shell so that it gets the signals.
set -eu

home=/opt/signalbox
service=${1-}
if [ ! -f "$home/$service.jar" ]; then
  echo "Which service? Say one of these:" >&2
  for jar in "$home"/*.jar; do echo "  $(basename "$jar" .jar)" >&2; done
  exit 64
fi
shift
# The command is not a service: it joins no cluster unless it is told to.
[ "$service" = signalbox ] || set -- --cluster "$@"

# Half of the container's memory is heap: network buffers, threads and code live beside it. A JVM out of memory
# ends, so that the restart policy can help; half alive it would hold its place in the cluster.
# JAVA_OPTS comes last, because the last of two contradicting options counts. It is meant to be split at spaces.
# shellcheck disable=SC2086
exec java "@$home/jvm.options" -XX:MaxRAMPercentage=50 -XX:+ExitOnOutOfMemoryError ${JAVA_OPTS-} \
  -jar "$home/$service.jar" "$@"
