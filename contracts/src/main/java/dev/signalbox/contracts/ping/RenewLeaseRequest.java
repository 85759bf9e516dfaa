package dev.signalbox.contracts.ping;

import java.util.Map;

/**
 * Says that a worker is alive.
 *
 * @param leaseId the lease
 * @param done share done of each task by index, 0 to 1; for display
 */
public record RenewLeaseRequest(String leaseId, Map<Integer, Double> done) {}
