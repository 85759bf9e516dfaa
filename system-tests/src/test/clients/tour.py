"""The tour that a generated client makes; it prints a line for each step."""

import sys

import openapi_client as api
from openapi_client.rest import ApiException

uuid = sys.argv[2]
with api.ApiClient(api.Configuration(host=sys.argv[1])) as client:
    result = api.TasksApi(client).run_task(
        api.Task(task_name="dns_query", params={"domain": "example.com"}))
    print("task", result.status, result.result["ip_address"])

    servers = api.ServersOnDemandApi(client)
    first = servers.create_server(api.NewServer(page_uri="/a", response_data="a"))
    second = servers.create_server(api.NewServer(page_uri="/b", response_data="b"))
    page = servers.list_servers(limit=1)
    following = servers.list_servers(limit=1, after=page.next)
    print("servers", len(page.items), len(following.items))
    print("distinct", str(page.items[0].server_id != following.items[0].server_id).lower())
    servers.delete_server(first.server_id)
    servers.delete_server(second.server_id)

    files = api.FilesApi(client)
    name = "tour-" + uuid + ".txt"
    entry = files.put_file(name, b"stored by a client")
    print("file", entry.size_bytes, files.get_file(name).decode())

    messages = api.CodesAndMessagesApi(client)
    code = messages.issue_code(api.NewCode(uuid=uuid)).unique
    message = api.NewMessage(uuid=uuid, unique=code, text="sent by a client")
    messages.store_message(message)
    stored = messages.list_messages(limit=10, uuid=uuid)
    print("messages", stored.items[0].text, "null" if stored.next is None else stored.next)

    try:
        messages.store_message(message.model_copy(update={"unique": "wrong"}))
    except ApiException as e:
        print("problem", e.status, api.Problem.from_json(e.body).code)
