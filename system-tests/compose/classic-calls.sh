# Sourced by run: every classic call once, through the published ports, and the shape of its answer.

run_task() { call POST "$tasks/run_task" "${json[@]}" "$1"; }

task_calls() {
  echo 'Tasks'
  run_task '{"task_name":"dns_query","params":{"domain":"target.test"}}'
  answered 'dns_query resolves a name' 200 '.domain == "target.test" and (.ip_address | test("^[0-9.]+$"))'
  run_task '{"task_name":"dns_query","params":{"domain":""}}'
  answered 'dns_query without a domain' 200 '.status == "error" and .message == "Please enter a valid domain"'
  run_task '{"task_name":"dns_query","params":{"domain":"nothing.invalid","timeout_ms":2000,"retries":0}}'
  answered 'dns_query of a name that is not' 200 '.error | startswith("Failed to resolve domain: ")'

  local aliases
  for aliases in http_get_request http_get; do
    run_task '{"task_name":"'$aliases'","params":{"domain_or_ip":"target.test","port":8080,"uri":"/jvm.options"}}'
    answered "$aliases fetches a page" 200 '.status_code == 200 and (.url | startswith("http://target.test:8080/")) and (.data | contains("native-access"))'
  done
  run_task '{"task_name":"http_get_request","params":{"domain_or_ip":"target.test","port":8099,"uri":"/"}}'
  answered 'http_get_request to a closed port' 200 '.error | startswith("HTTP GET request failed: ")'
  run_task '{"task_name":"http_probe","params":{"url":"http://target.test:8080/jvm.options","assertions":[{"source":"status","comparison":"equals","target":200}]}}'
  answered 'http_probe tells phases and assertions' 200 '.success == true and .status_code == 200 and (.timings_ms.total >= 0) and .assertions[0].passed == true'

  local port=$server_port server
  for aliases in start_http_server create_http_server create_http_server_task; do
    run_task '{"task_name":"'$aliases'","params":{"port":'$port',"page_uri":"/'$aliases'","response_data":"hello from '$aliases'"}}'
    answered "$aliases starts a server" 200 '.status == "success" and .port == '$port' and (.server_id | test("^[0-9a-f-]{36}$"))'
    server=$(field '.server_id')
    port=$((port + 1))
  done
  # By the event of its creation each gateway learns which port to publish.
  local page=http://127.0.0.1:$((port - 1 - server_port + published_port))
  server_answers() {
    call GET "$page/create_http_server_task"
    [ "$status $(cat "$answer")" = "200 hello from create_http_server_task" ]
  }
  check 'a server on demand answers on its published port' until_true 5 server_answers
  call GET "$page/elsewhere"
  answered 'a server on demand knows no other page' 404
  run_task '{"task_name":"start_http_server","params":{"port":'$server_port',"page_uri":"/other","response_data":""}}'
  answered 'start_http_server on a taken port' 200 '.status == "error" and (.message | test("^Port '$server_port' is already in use by server [0-9a-f-]{36}$"))'
  run_task '{"task_name":"start_http_server","params":{"port":'$port',"page_uri":"/start_http_server","response_data":""}}'
  answered 'start_http_server on a taken page' 200 '.status == "error" and (.message | test("^Page URI /start_http_server is already in use by server "))'
  run_task '{"task_name":"start_http_server","params":{"port":80,"page_uri":"/low","response_data":""}}'
  answered 'start_http_server on a low port' 200 '.status == "error" and .message == "Port must be between 1024 and 65535"'
  for aliases in list_http_servers list_http_active_servers; do
    run_task '{"task_name":"'$aliases'","params":{}}'
    answered "$aliases lists them" 200 '[.. | objects | select(has("server_id"))] | length == 3'
  done
  call GET "$tasks/active_servers"
  answered 'GET /active_servers' 200 '.status == "success" and (.active_servers | length == 3) and (.active_servers[0] | has("server_id") and has("port") and has("page_uri"))'
  call POST "$tasks/stop_server" "${json[@]}" '{"server_id":"'"$server"'"}'
  answered 'POST /stop_server' 200 '.status == "success" and .message == "Server '"$server"' stopped"'
  call POST "$tasks/stop_server" "${json[@]}" '{"server_id":"'"$server"'"}'
  answered 'POST /stop_server for one that is gone' 200 '.status == "error" and (.message | test("^Server .+ not found$"))'
  call POST "$tasks/stop_server" "${json[@]}" '{}'
  answered 'POST /stop_server without an id' 400 '.status == "error" and .message == "Server ID is required"'
  for aliases in stop_http_server stop_http_active_server; do
    call GET "$tasks/active_servers"
    server=$(field '.active_servers[0].server_id')
    run_task '{"task_name":"'$aliases'","params":{"server_id":"'"$server"'"}}'
    answered "$aliases stops one" 200 '.status == "success"'
  done

  run_task '{"params":{}}'
  answered 'POST /run_task without a name' 400 '.status == "error" and .message == "Task name is required"'
  run_task '{"task_name":"no_such_task","params":{}}'
  answered 'POST /run_task of an unknown task' 400 '.status == "error" and .message == "Unknown task: no_such_task" and (.available_tasks | index("dns_query") != null and index("http_get_request") != null and index("start_http_server") != null)'
  run_task '{"task_name":'
  answered 'POST /run_task with broken JSON' 400 '.status == "error"'
  call POST "$tasks/run_task" --header 'Content-Type: text/plain' --data '{"task_name":"dns_query"}'
  answered 'POST /run_task with another media type' 415 '.status == "error"'
  call GET "$tasks/run_task"
  check 'GET /run_task is not allowed' test "$status $(has_header Allow POST && echo Allow)" = '405 Allow'
  call POST "$tasks/run_tasks" "${json[@]}" '{"tasks":[
    {"task_name":"dns_query","params":{"domain":"target.test"}},
    {"task_name":"no_such_task","params":{}},
    {"task_name":"http_get_request","params":{"domain_or_ip":"target.test","port":8080,"uri":"/jvm.options"}},
    {"task_name":"create_http_server","params":{"port":'$server_port',"page_uri":"/test","response_data":"This is a test page!"}}]}'
  answered 'POST /run_tasks keeps the order, errors are items' 200 '.status == "success" and (.results | length == 4) and .results[0].domain == "target.test" and .results[1].status == "error" and .results[2].status_code == 200 and .results[3].status == "success"'
  server=$(field '.results[3].server_id')
  call POST "$tasks/stop_server" "${json[@]}" '{"server_id":"'"$server"'"}'
  call POST "$tasks/run_tasks" "${json[@]}" '{"tasks":[]}'
  answered 'POST /run_tasks without tasks' 400 '.status == "error" and .message == "No tasks provided"'
}

code_calls() {
  echo 'Codes and messages'
  call POST "$codes/any/path" "${json[@]}" '{"uuid":"client-json"}'
  answered 'a code for a uuid' 200 '.success == true and (.unique | length > 0)'
  json_code=$(field '.unique')
  call POST "$codes/" --data "{'uuid': 'client-python'}"
  check 'a code in the dialect of the Python client' grep -E "^\{'success': True, 'unique': '[^']+'\}" "$answer"
  python_code=$(sed -n "s/.*'unique': '\([^']*\)'.*/\1/p" "$answer")
  call POST "$codes/" "${json[@]}" '{"uuid":"client-json"}'
  answered 'the same uuid, the same code' 200 '.unique == "'"$json_code"'"'
  call POST "$codes/" "${json[@]}" '{"uuid":""}'
  answered 'a code for no uuid' 400 '. == {"success":false,"error":"[!] Invalid uuid sent"}'
  run_task '{"task_name":"issue_code","params":{"uuid":"client-json"}}'
  answered 'issue_code' 200 '[.. | strings] | index("'"$json_code"'") != null'

  call POST "$messages/" "${json[@]}" '{"uuid":"client-json","unique":"'"$json_code"'","text":"first message"}'
  answered 'a message' 200 '.success == true'
  call POST "$messages/" --data "{'uuid': 'client-python', 'unique': '$python_code', 'text': 'second message'}"
  check 'a message in the dialect of the Python client' grep "^{'success': True" "$answer"
  run_task '{"task_name":"store_message","params":{"uuid":"client-json","unique":"'"$json_code"'","text":"third message"}}'
  answered 'store_message' 200 '(.error // null) == null'
  call POST "$messages/" "${json[@]}" '{"uuid":"client-json"}'
  answered 'a message without a text' 400 '. == {"success":false,"error":"[!] Invalid body parameters"}'
  call POST "$messages/" "${json[@]}" '{"uuid":"nobody","unique":"x","text":"y"}'
  answered 'a message from nobody' 400 '. == {"success":false,"error":"[!] UUID unrecognized"}'
  call POST "$messages/" "${json[@]}" '{"uuid":"client-json","unique":"wrong","text":"y"}'
  answered 'a message with a wrong code' 400 '. == {"success":false,"error":"[!] Invalid unique"}'
}

file_calls() {
  echo 'Files'
  call PUT "$main/api/v1/files/index.html" --data-binary '<p>front page</p>'
  check 'a page is put' test "${status:0:2}" = 20
  call PUT "$main/api/v1/files/notes.txt" --data-binary '0123456789'
  check 'a file is put' test "${status:0:2}" = 20
  call GET "$main/"
  check 'GET / is index.html' test "$status $(cat "$answer")" = '200 <p>front page</p>'
  check 'a page is shown' has_header Content-Type 'text/html; ?charset=utf-8'
  call GET "$main/notes.txt"
  check 'a file is fetched' test "$status $(cat "$answer")" = '200 0123456789'
  check 'a file is an attachment' has_header Content-Disposition 'attachment; filename="notes.txt"'
  local etag
  etag=$(sed -n 's/^[Ee][Tt][Aa][Gg]: *\(.*\)\r$/\1/p' "$answer_headers")
  call HEAD "$main/notes.txt"
  check 'HEAD tells the length' has_header Content-Length '^[^:]*: *10'
  call GET "$main/notes.txt" --header 'Range: bytes=2-4'
  check 'a range of a file' test "$status $(cat "$answer")" = '206 234'
  call GET "$main/notes.txt" --header "If-None-Match: $etag"
  answered 'a file that has not changed' 304
  call GET "$main/notes.txt" --header 'Range: bytes=90-'
  answered 'a range past the end' 416
  call GET "$main/nothing-here"
  answered 'a missing file' 404
  call GET "$main/../../etc/passwd"
  answered 'a path out of the root' 403
  call GET "$main/%2e%2e/%2e%2e/etc/passwd"
  answered 'a path out of the root, encoded' 403
  call DELETE "$main/notes.txt"
  check 'a file is not deleted here' test "$status $(has_header Allow GET && echo Allow)" = '405 Allow'
  call POST "$main/upload" "${json[@]}" '{"key":"value"}'
  answered 'POST /upload' 201 '.status == "success" and .message == "File created successfully" and (.filepath | test("^/uploads/upload_[0-9]{8}_[0-9]{6}_[0-9a-z]{4,}\\.json$"))'
  local path
  path=$(field '.filepath')
  call GET "$main$path"
  answered 'what was uploaded is there' 200 '. == {"key":"value"}'
  call POST "$main/upload" --data 'raw text'
  answered 'POST /upload as curl -d sends it' 201 '.filepath | endswith(".txt")'
  call POST "$main/upload" "${json[@]}" '{"key":'
  answered 'POST /upload of broken JSON' 400
  call POST "$main/upload" --header 'Content-Type: application/json'
  answered 'POST /upload of nothing' 400
  call POST "$main/upload" --header 'Content-Type: image/png' --data-binary 'x'
  answered 'POST /upload of another media type' 415
}

census_calls() {
  echo 'Census'
  local index bits
  call GET "$main/ping"
  answered 'GET /ping' 200 '. == {}'
  call POST "$main/add_task" "${json[@]}" '{"task_status":0}'
  answered 'POST /add_task' 200 '.success == true and (.task_index | type == "number")'
  call POST "$main/add_task" "${json[@]}" '{"task_status":0}'
  call GET "$main/get_latest_task"
  answered 'GET /get_latest_task' 200 '(.task_index | type == "number") and .task_status == 0'
  call GET "$main/get_task"
  answered 'GET /get_task' 200 '(.task_index | type == "number") and .task_status == 1'
  index=$(field '.task_index')
  call GET "$main/get_pending"
  answered 'GET /get_pending' 200 '."'"$index"'" == 1'
  bits=$(printf '%065536d' 1)
  printf '{"task_index":%s,"result":{"success":true,"result_data":"%s"}}' "$index" "$bits" >"$work/result"
  call POST "$main/submit_result" --header 'Content-Type: application/json' --data-binary "@$work/result"
  answered 'POST /submit_result' 200 '.success == true'
  call GET "$main/get_task"
  index=$(field '.task_index')
  call POST "$main/submit_result" "${json[@]}" '{"task_index":"'"$index"'","result":{"success":true,"result_data":"01010"}}'
  answered 'POST /submit_result of a wrong length' 200 '.success == false and .error.task_index == '"$index"' and .error.error == "length:5"'
  call GET "$main/error"
  answered 'GET /error' 200 'any(.[]; .task_index == '"$index"' and .error == "length:5")'
  call GET "$main/errors"
  check 'GET /errors is a table' grep -i '<table' "$answer"
  call GET "$main/get_progress"
  answered 'GET /get_progress' 200 '.progress > 0 and .done_tasks >= 1 and .total_tasks >= .done_tasks and (.errors | type == "array") and (.pending | type == "object")'
  call GET "$main/revise?id=$index&code=0"
  answered 'GET /revise' 200 '.success == true'
  call GET "$main/revise?id=99999999&code=0"
  answered 'GET /revise of no task' 200 '.success == false and (.error | type == "string")'
  call GET "$main/error/reset?id=$index"
  answered 'GET /error/reset' 200 '.success == true'
  call GET "$main/error/reset?id=-1"
  answered 'GET /error/reset of all' 200 '.success == true'
  call GET "$messages/"
  answered 'the census page at the door of its own' 200
}

system_calls() {
  echo 'The system'
  call GET "$main/health/live"
  answered 'GET /health/live' 200
  call GET "$main/health/ready"
  answered 'GET /health/ready' 200
  call GET "$main/metrics"
  check 'GET /metrics' grep '^# TYPE ' "$answer"
  call GET "$main/openapi.yaml"
  check 'GET /openapi.yaml' grep '^openapi: *.\?3\.1' "$answer"
  call GET "$main/docs"
  check 'GET /docs' grep -i '<html' "$answer"
}
