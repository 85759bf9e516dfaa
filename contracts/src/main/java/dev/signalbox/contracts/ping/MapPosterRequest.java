package dev.signalbox.contracts.ping;

import org.jspecify.annotations.Nullable;

/**
 * Asks for the map of the current round as a poster.
 *
 * @param theme the colours
 * @param etag of the poster that the caller has; null when it has none
 */
public record MapPosterRequest(MapTheme theme, @Nullable String etag) {}
