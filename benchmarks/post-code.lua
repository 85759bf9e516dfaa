-- One client asking for its code again and again.
wrk.method = "POST"
wrk.body = '{"uuid":"6f1c1b9e-5d0a-4d53-9f0e-0c6f6c4d1f11"}'
wrk.headers["Content-Type"] = "application/json"
