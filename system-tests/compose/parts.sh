# Sourced by the scripts of this folder: what each of them needs to know of the machine.

compose_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
repository=$(cd "$compose_dir/../.." && pwd)

# Everything that should outlive a run: the images, and the engine's own files when we start it.
cache=${SIGNALBOX_CACHE:-${XDG_CACHE_HOME:-${HOME:-/var/tmp}/.cache}/signalbox}

say() { printf '%s: %s\n' "${0##*/}" "$*" >&2; }

# Automake's convention: 77 is "skipped". Where everything must run, a part that cannot be had fails.
unavailable() {
  if [ "${SIGNALBOX_REQUIRE_ALL:-0}" = 1 ]; then
    say "FAILED: $*"
    exit 1
  fi
  say "SKIPPED: $*"
  exit 77
}

# Another program may be installing at this moment, such as a new machine's own updates: wait for it.
apt_lock='-o DPkg::Lock::Timeout=240'

# Installs the Debian packages named, if this is root on a machine with apt; otherwise says what is missing.
install_packages() {
  local hint="install it (Debian's packages: $*)"
  [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || {
    say "not root with apt here, so $hint"
    return 1
  }
  say "installing $*"
  # The lists of a new machine are empty or old, and an update is needed only when the install fails for it.
  export DEBIAN_FRONTEND=noninteractive
  local log
  log=$(timeout 540 apt-get $apt_lock install -y --no-install-recommends "$@" </dev/null 2>&1) && return
  timeout 480 apt-get $apt_lock update </dev/null >/dev/null 2>&1 || true
  log=$(timeout 540 apt-get $apt_lock install -y --no-install-recommends "$@" </dev/null 2>&1) && return
  printf '%s\n' "$log" | tail -n 20 >&2
  return 1
}

engine_answers() { timeout 10 docker info >/dev/null 2>&1; }

# Compose v2 where there is one, else 1.29: the file is valid for both.
find_compose() {
  if timeout 10 docker compose version >/dev/null 2>&1; then
    compose_command=(docker compose)
  elif command -v docker-compose >/dev/null; then
    compose_command=(docker-compose)
  else
    return 1
  fi
}
