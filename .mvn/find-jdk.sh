# Sourced by ./mvnw and ./signalbox: points JAVA_HOME at a JDK 25 or later, or says what to install.
# The default java of many machines is older than the language level of this project, so the usual
# folders of Linux, macOS and SDKMAN are searched when neither JAVA_HOME nor PATH has one.

signalbox_jdk_major() {
  # The release file answers without starting a JVM.
  [ -x "$1/bin/java" ] && [ -x "$1/bin/javac" ] && [ -r "$1/release" ] || return 1
  sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release"
}

signalbox_find_jdk() {
  signalbox_wanted=25
  signalbox_path_java=$(command -v javac 2>/dev/null || true)
  if [ -n "$signalbox_path_java" ]; then
    signalbox_path_java=$(readlink -f "$signalbox_path_java" 2>/dev/null || printf %s "$signalbox_path_java")
    signalbox_path_java=${signalbox_path_java%/bin/javac}
  fi
  # Globs must expand here even when the caller runs with "set -f" (as the Maven wrapper does).
  case $- in *f*) signalbox_noglob=1; set +f ;; *) signalbox_noglob= ;; esac
  signalbox_found=
  for signalbox_dir in "${JAVA_HOME-}" "$signalbox_path_java" \
    /usr/lib/jvm/*25* /usr/lib64/jvm/*25* /usr/java/*25* /opt/java/openjdk /opt/java/*25* /opt/*jdk*25* \
    "${HOME-}"/.sdkman/candidates/java/25* "${HOME-}"/.jdks/*25* \
    /Library/Java/JavaVirtualMachines/*25*/Contents/Home "${HOME-}"/Library/Java/JavaVirtualMachines/*25*/Contents/Home \
    /opt/homebrew/opt/openjdk@25/libexec/openjdk.jdk/Contents/Home /usr/local/opt/openjdk@25/libexec/openjdk.jdk/Contents/Home; do
    [ -n "$signalbox_dir" ] || continue
    signalbox_major=$(signalbox_jdk_major "$signalbox_dir") || continue
    if [ -n "$signalbox_major" ] && [ "$signalbox_major" -ge "$signalbox_wanted" ]; then
      signalbox_found=$signalbox_dir
      break
    fi
  done
  [ -z "$signalbox_noglob" ] || set -f
  if [ -z "$signalbox_found" ]; then
    echo "Signalbox needs a JDK $signalbox_wanted or later, and none was found in JAVA_HOME, on the PATH or in the usual folders." >&2
    echo "Install one (for example Eclipse Temurin $signalbox_wanted: adoptium.net, 'brew install openjdk@$signalbox_wanted' or 'sdk install java $signalbox_wanted-tem')" >&2
    echo "and run this again, with JAVA_HOME pointing at it if it is in an unusual place." >&2
    return 1
  fi
  JAVA_HOME=$signalbox_found
  export JAVA_HOME
}
