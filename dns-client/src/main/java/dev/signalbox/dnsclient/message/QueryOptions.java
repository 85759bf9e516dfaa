package dev.signalbox.dnsclient.message;

import org.jspecify.annotations.Nullable;

/**
 * How a question is asked.
 *
 * @param recursionDesired the RD flag
 * @param checkingDisabled the CD flag
 * @param dnssecOk the DO flag; needs EDNS
 * @param edns what to say by EDNS; null to send a plain message of 1987
 */
public record QueryOptions(
    boolean recursionDesired,
    boolean checkingDisabled,
    boolean dnssecOk,
    @Nullable EdnsOptions edns) {

  public QueryOptions {
    if (dnssecOk && edns == null) {
      throw new IllegalArgumentException("dnssec_ok needs EDNS");
    }
  }

  /** A recursive question with EDNS and nothing special. */
  public static QueryOptions standard(int udpSize) {
    return new QueryOptions(true, false, false, new EdnsOptions(udpSize, null, false));
  }

  /** The same without EDNS, for servers that cannot understand it. */
  public QueryOptions withoutEdns() {
    return new QueryOptions(recursionDesired, checkingDisabled, false, null);
  }
}
