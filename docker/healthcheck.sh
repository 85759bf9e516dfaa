#!/usr/bin/env bash
# Whether the service in this container is ready: the image has no HTTP client but bash.
set -eu

exec 3<>"/dev/tcp/127.0.0.1/${SIGNALBOX_PLATFORM_MANAGEMENT_PORT:-9090}"
printf 'GET /health/ready HTTP/1.0\r\nHost: localhost\r\n\r\n' >&3
read -r -t 3 _ status _ <&3
[ "$status" = 200 ]
