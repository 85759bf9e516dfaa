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
shift
# The command is not a service: it joins no cluster unless it is told to.
[ "$service" = signalbox ] || set -- --cluster "$@"

# Half of the memory of the container is heap; the rest is for network buffers, threads and code. jvm.options ends a JVM
# that runs out of memory, so that the restart policy replaces it: half alive it would stay a member of the cluster.
# JAVA_OPTS comes last, because the last of two contradicting options counts. It is meant to be split at spaces.
# shellcheck disable=SC2086
exec java "@$home/jvm.options" -XX:MaxRAMPercentage=50 ${JAVA_OPTS-} \
  -jar "$home/$service.jar" "$@"
