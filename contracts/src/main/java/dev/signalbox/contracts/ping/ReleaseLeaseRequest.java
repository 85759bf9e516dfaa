package dev.signalbox.contracts.ping;

/**
 * Ends a lease early.
 *
 * @param leaseId the lease
 */
public record ReleaseLeaseRequest(String leaseId) {}
