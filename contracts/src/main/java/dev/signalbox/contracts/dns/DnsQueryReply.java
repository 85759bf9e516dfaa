package dev.signalbox.contracts.dns;

import java.util.List;

/**
 * The outcomes of a {@link DnsQueryRequest}.
 *
 * @param outcomes one for each type and resolver, types of one resolver together, in the order of
 *     the request; at least one
 */
public record DnsQueryReply(List<Outcome> outcomes) {

  public DnsQueryReply {
    outcomes = List.copyOf(outcomes);
  }

  /** How one query ended. */
  public sealed interface Outcome {

    /** A resolver responded, with whatever response code. */
    record Answered(DnsResult result) implements Outcome {}

    /** No response came. */
    record Unanswered(DnsFailure failure) implements Outcome {}
  }
}
