#!/bin/sh
# Makes worker-PLATFORM.tar.gz: the worker with a Java runtime of its own, for the platform of this build.
# Arguments: the JDK, the unpacked archive, the directory for the result, a directory for the work, the time of the
# files in it.
set -eu
jdk=$1 worker=$2 out=$3 work=$4 time=$5

# The same input makes the same archive: order, times, owners and modes of files are given where tar can do that.
pack() {
  if tar --version 2>/dev/null | grep -q GNU; then
    tar -C "$1" --sort=name --mtime="$time" --owner=0 --group=0 --numeric-owner --mode=u+rwX,go+rX,go-w -cf - "$2" | gzip -n >"$3"
  else
    tar -C "$1" -czf "$3" "$2"
  fi
}

case $(uname -s)-$(uname -m) in
  Linux-x86_64) platform=linux-x64 ;;
  Linux-aarch64) platform=linux-arm64 ;;
  Darwin-arm64) platform=macos-arm64 ;;
  Darwin-x86_64) platform=macos-x64 ;;
  *) echo "no archive with a runtime for $(uname -s) on $(uname -m)" && exit 0 ;;
esac

# Named by: jdeps --multi-release 25 --ignore-missing-deps --print-module-deps lib/*.jar, without what only code uses
# that the worker never reaches, such as the reading of XML by XPath or the tables of java.sql.
modules=java.base,java.logging,java.naming,java.management,java.xml,jdk.unsupported,jdk.crypto.ec

rm -rf "$work" && mkdir -p "$work"
cp -R "$worker" "$work/worker"
"$jdk/bin/jlink" --add-modules "$modules" --strip-java-debug-attributes --no-header-files --no-man-pages --compress zip-9 \
  --output "$work/worker/runtime"
# The files inside are compressed already; gzip still takes a third off the libraries.
pack "$work" worker "$out/worker-$platform.tar.gz"
rm -rf "$work"
