#!/bin/sh
# Declares training, and checks that a second declaration is refused and the first one is paid.
set -eu
sandbox=${SANDBOX_URL:-http://127.0.0.1:8000}

# Print the first value of a field in the JSON on standard input.
field() { grep -o "\"$1\":\"[^\"]*\"" | head -n 1 | cut -d '"' -f 4; }

# Send a request to the sandbox controls.
control() { path=$1; shift; curl --silent --show-error --fail "$sandbox/_sandbox$path" "$@"; }

# Send a request to the API. Print the body of the response, and on the last line its status.
api() {
  path=$1; shift
  curl --silent --show-error --write-out '\n%{http_code}\n' "$sandbox/api/v3$path" \
    -H "Authorization: Bearer $token" -H "Content-Type: application/json" "$@"
}

# Fail unless two texts are equal.
expect() { [ "$2" = "$3" ] || { echo "FAILED: $1 is $3, not $2"; exit 1; }; echo "ok: $1 is $2"; }

created=$(control /worlds -d '{"size": "small", "clock": "2026-09-15T09:00:00Z"}')
world=$(echo "$created" | field id)
token=$(echo "$created" | field token)
trap 'control "/worlds/$world" -X DELETE' EXIT

ect=$(control "/scenarios/ect-without-declarations?world=$world" -X POST | field ect)
declaration='{"data": {"type": "participant-declaration", "attributes": {
  "participant_id": "'$ect'", "declaration_type": "started", "declaration_date": "2026-09-10T09:00:00Z",
  "course_identifier": "ecf-induction", "evidence_held": "training-event-attended"}}}'

first=$(api /participant-declarations -d "$declaration")
expect "the status of the first declaration" 200 "$(echo "$first" | tail -n 1)"
second=$(api /participant-declarations -d "$declaration")
expect "the status of the second declaration" 422 "$(echo "$second" | tail -n 1)"

control "/clock/advance?world=$world" -d '{"days": 72}' > /dev/null
paid=$(api "/participant-declarations/$(echo "$first" | field id)")
expect "the state of the first declaration" paid "$(echo "$paid" | field state)"
