package dev.signalbox.contracts.dns;

import dev.signalbox.contracts.Operation;
import dev.signalbox.contracts.TaskReply;
import dev.signalbox.contracts.TaskRequest;
import java.time.Duration;

/** Operations of dns-service. */
public final class DnsContract {

  /**
   * Task {@code dns_query}; the result is a {@link DnsResult}, or {@link DnsResults} of several.
   */
  public static final Operation<TaskRequest, TaskReply> QUERY =
      Operation.repeatable("dns.query", TaskRequest.class, TaskReply.class, Duration.ofSeconds(15));

  private DnsContract() {}
}
