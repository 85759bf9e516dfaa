package dev.signalbox.worker.icmp;

/** What became of a request at this machine. */
public enum SendOutcome {
  /** The system has taken it. */
  SENT,
  /** The queues of the system are full. */
  BUSY,
  /** There is no way to the address now. */
  UNREACHABLE,
  /** The system never sends to this address: a broadcast address, for instance. */
  REFUSED
}
