package dev.signalbox.contracts.serverfactory;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Requests that a server received.
 *
 * @param requests oldest first
 * @param next what to ask for {@code after}; null when there are no more at present
 * @param forgotten how many requests are no longer kept, or were never, for want of room
 */
public record ListServerRequestsReply(
    List<ServerRequest> requests, @Nullable Long next, long forgotten) {}
