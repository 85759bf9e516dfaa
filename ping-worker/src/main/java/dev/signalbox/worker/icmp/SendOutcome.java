package dev.signalbox.worker.icmp;

/** What became of a request at this machine. */
public enum SendOutcome {
  /** The system has taken it. */
  SENT,
  /** The queues of the system are full. */
  BUSY,
  /** It was not sent: there is no route to the address, a firewall forbids it, or another error. */
  UNREACHABLE,
  /** The address is a broadcast address of this machine's network: no single host has it. */
  REFUSED
}
