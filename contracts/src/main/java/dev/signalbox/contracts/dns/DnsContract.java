package dev.signalbox.contracts.dns;

import dev.signalbox.contracts.Operation;
import dev.signalbox.contracts.TaskReply;
import dev.signalbox.contracts.TaskRequest;
import java.time.Duration;

/** Operations of dns-service. */
public final class DnsContract {

  /** The service that serves these operations. */
  public static final String SERVICE = "dns-service";

  /**
   * Queries resolvers. Not at {@code dns.query}, where earlier versions take the messages of a
   * task: an address never changes its types. INVALID_REQUEST when the request breaks a rule, with
   * its name; a query that no resolver responds to in time is an {@link
   * DnsQueryReply.Outcome.Unanswered}.
   */
  public static final Operation<DnsQueryRequest, DnsQueryReply> QUERY =
      Operation.repeatable(
              "dns.resolve", DnsQueryRequest.class, DnsQueryReply.class, Duration.ofSeconds(15))
          .servedBy(SERVICE);

  /**
   * Task {@code dns_query}; the result is a {@link DnsResult}, or {@link DnsResults} of several.
   */
  public static final Operation<TaskRequest, TaskReply> QUERY_TASK =
      Operation.repeatable(
              "dns.query-task", TaskRequest.class, TaskReply.class, Duration.ofSeconds(15))
          .servedBy(SERVICE);

  /**
   * Answers a DNS message with a DNS message. INVALID_REQUEST when it is none, or no query. When no
   * resolver answers in time, the reply is SERVFAIL (RFC 8484 section 4.2.1).
   */
  public static final Operation<DnsExchangeRequest, DnsExchangeReply> EXCHANGE =
      Operation.repeatable(
              "dns.exchange",
              DnsExchangeRequest.class,
              DnsExchangeReply.class,
              Duration.ofSeconds(15))
          .servedBy(SERVICE);

  private DnsContract() {}
}
