package dev.signalbox.contracts.ping;

import org.jspecify.annotations.Nullable;

/**
 * Leaves a network out from the next lease on, and out of what is exported of earlier results.
 *
 * @param network in CIDR notation, at least a /8; one address without a length is a /32
 * @param requester who asks, 1 to 128 characters
 * @param reason why, at most 500 characters; null for none
 */
public record AddOptOutRequest(String network, String requester, @Nullable String reason) {}
