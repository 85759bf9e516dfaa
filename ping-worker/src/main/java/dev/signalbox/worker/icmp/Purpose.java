package dev.signalbox.worker.icmp;

/** Why a request is sent; a reply to one purpose does not count for the other. */
public enum Purpose {
  /** To see whether the address answers. */
  CENSUS,
  /** To see how the volunteer's own network fares. */
  CONTROL
}
