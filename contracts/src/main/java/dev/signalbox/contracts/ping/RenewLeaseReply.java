package dev.signalbox.contracts.ping;

/** Whether a lease goes on. */
public sealed interface RenewLeaseReply {

  /** It does, until then (milliseconds since 1970-01-01 UTC). */
  record Renewed(long expiresAtEpochMs) implements RenewLeaseReply {}

  /** It had ended or never was; its tasks may be another worker's by now. */
  record Lost() implements RenewLeaseReply {}
}
