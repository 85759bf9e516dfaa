package dev.signalbox.gateway.task;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A task a client asks for.
 *
 * @param name the task's name or an alias
 * @param params its parameters
 * @param id the client's name for it; null for none
 * @param timeoutMs how long it may take; 0 for as long as its type says
 */
public record TaskOrder(
    String name, Map<String, @Nullable Object> params, @Nullable String id, long timeoutMs) {}
