# Sourced by run: one HTTP call, and what is expected of its answer.

passed=0
failed=0
answer=$work/answer
answer_headers=$work/headers

pass() { passed=$((passed + 1)); printf '  ok    %s\n' "$1"; }

fail() {
  failed=$((failed + 1))
  printf '  FAIL  %s\n' "$1"
  shift
  [ $# = 0 ] || printf '        %s\n' "$@"
}

# call METHOD URL [curl's arguments…]: leaves the answer in $status, $answer and $answer_headers. Never fails:
# a call that gets no answer has the status 000.
call() {
  local method=$1 url=$2
  shift 2
  : >"$answer"
  : >"$answer_headers"
  [ "$method" != HEAD ] || set -- --head "$@"
  status=$(curl --silent --path-as-is --max-time 20 --request "$method" --output "$answer" \
    --dump-header "$answer_headers" --write-out '%{http_code}' "$@" "$url" 2>/dev/null) || true
}

json=(--header 'Content-Type: application/json' --data)

# answered TITLE STATUS [JQ]: the status, and what a jq expression says of the body, are as expected.
answered() {
  local title=$1 wanted=$2 test=${3:-}
  if [ "$status" != "$wanted" ]; then
    fail "$title" "status $status, not $wanted: $(shown)"
  elif [ -n "$test" ] && ! jq --exit-status "$test" "$answer" >/dev/null 2>&1; then
    fail "$title" "the body is not as expected ($test): $(shown)"
  else
    pass "$title"
  fi
}

# has_header NAME PATTERN, for answers whose point is a header.
has_header() { grep -i "^$1:" "$answer_headers" | grep -E -- "$2" >/dev/null; }

# has_protocol VERSION, as the first line of the answer says it.
has_protocol() { head -n 1 "$answer_headers" | grep -F -- "$1 " >/dev/null; }

# field JQ: a part of the answer, empty when it is not there.
field() { jq --raw-output "$1 // empty" "$answer" 2>/dev/null || true; }

shown() { head -c 400 "$answer" | tr -d '\0' | tr '\r\n' '  '; }

# check TITLE COMMAND…: passes when the command does.
check() {
  local title=$1
  shift
  if "$@" >/dev/null 2>&1; then pass "$title"; else fail "$title" "$(shown)"; fi
}

# until_true SECONDS COMMAND…: waits for the command to succeed, at most so long.
until_true() {
  local deadline=$((SECONDS + $1))
  shift
  until "$@"; do
    [ "$SECONDS" -lt "$deadline" ] || return 1
    sleep 0.5
  done
}
