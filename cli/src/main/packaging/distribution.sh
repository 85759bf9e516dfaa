#!/bin/sh
# Makes signalbox-VERSION-PLATFORM.tar.gz: the command and all services with a Java runtime of their own, for the platform
# of this build. Arguments: the JDK, the script, the built distribution, the directory for the result, the version,
# the time of the files in it.
set -eu
jdk=$1 script=$2 dist=$3 out=$4 version=$5 time=$6

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
  *) echo "no distribution with a runtime for $(uname -s) on $(uname -m)" && exit 0 ;;
esac

# java.se because the options of the services name it; the others are for Unsafe, for TLS with elliptic curves, for the
# figures of the process, for names by the JDK's resolver, for sockets' options, and for archives as file systems.
modules=java.se,jdk.unsupported,jdk.crypto.ec,jdk.management,jdk.naming.dns,jdk.net,jdk.zipfs

name=signalbox-$version
work=$out/distribution
rm -rf "$work" && mkdir -p "$work/$name/lib"
cp "$script" "$work/$name/signalbox"
(cd "$dist" && cp -R ./*.jar ./*.options lib "$work/$name/lib/")
[ ! -f "$out/signalbox.cdx.json" ] || cp "$out/signalbox.cdx.json" "$work/$name/"
[ ! -d "$dist/worker" ] || cp -R "$dist/worker" "$work/$name/lib/"
"$jdk/bin/jlink" --add-modules "$modules" --strip-java-debug-attributes --no-header-files --no-man-pages --compress zip-9 \
  --generate-cds-archive \
  --output "$work/$name/runtime"
pack "$work" "$name" "$out/$name-$platform.tar.gz"
rm -rf "$work"
