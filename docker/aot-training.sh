#!/bin/sh
# Makes the AOT cache (JEP 483) of the image while it is built: starts every service as the only member of a cluster on
# loopback, sends requests to each, stops them, and keeps the classes and profiles that they needed.
set -eu

home=/opt/signalbox
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
keytool -genkeypair -alias training -keyalg EC -groupname secp256r1 -dname CN=training -validity 2 \
  -storetype PKCS12 -keystore keys.p12 -storepass training
# The serial collector is what the JVM chooses in containers as small as compose makes them; another may use the cache too.
java "@$home/container.options" -XX:+UseSerialGC -XX:AOTCacheOutput="$home/signalbox.aot" -jar "$home/signalbox.jar" \
  aot-training --cluster --platform.cluster-name=aot-training --data "$work/data" --keys="$work/keys.p12" >log 2>&1 || {
  tail -n 60 log >&2
  exit 1
}
# Fails when the JVM does not accept the cache, which otherwise would only be slow.
java "@$home/container.options" -XX:+UseSerialGC -XX:AOTCache="$home/signalbox.aot" -XX:AOTMode=on \
  -jar "$home/signalbox.jar" version
