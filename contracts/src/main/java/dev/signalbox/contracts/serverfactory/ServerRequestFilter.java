package dev.signalbox.contracts.serverfactory;

import org.jspecify.annotations.Nullable;

/**
 * Which requests of a journal are meant; a null matches all.
 *
 * @param method such as {@code GET}
 * @param path the path without query, exactly
 * @param pathPrefix how the path begins
 * @param route name of the route that matched, or its number from 0
 * @param status of the response; 0 for a fault without one
 * @param unmatched only those that no route matched
 * @param bodyContains text that the body holds, of the part that was kept
 */
public record ServerRequestFilter(
    @Nullable String method,
    @Nullable String path,
    @Nullable String pathPrefix,
    @Nullable String route,
    @Nullable Integer status,
    boolean unmatched,
    @Nullable String bodyContains) {}
