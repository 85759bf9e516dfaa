-- Clients storing messages; UNIQUE comes from the environment.
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.body = '{"uuid":"6f1c1b9e-5d0a-4d53-9f0e-0c6f6c4d1f11","unique":"' .. os.getenv("UNIQUE") .. '","text":"Text insertion for index 0"}'
