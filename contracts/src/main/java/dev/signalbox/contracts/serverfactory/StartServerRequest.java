package dev.signalbox.contracts.serverfactory;

import org.jspecify.annotations.Nullable;

/**
 * A server to start.
 *
 * @param port 1024 to 65535, or 0 for a free one of the configured range
 * @param pageUri the path it answers, beginning with a slash
 * @param responseData the body it answers there
 * @param idempotencyKey when given, the same key and request within a day starts one server
 */
public record StartServerRequest(
    int port, String pageUri, String responseData, @Nullable String idempotencyKey) {}
