package dev.signalbox.contracts.ping;

/**
 * What a lease's end gave back.
 *
 * @param released tasks available again; 0 when the lease had ended or never was
 */
public record ReleaseLeaseReply(int released) {}
