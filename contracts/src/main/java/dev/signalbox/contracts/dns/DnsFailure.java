package dev.signalbox.contracts.dns;

import dev.signalbox.contracts.TaskError;
import java.util.List;

/**
 * One of several questions that no resolver answered.
 *
 * @param domain the name as the client wrote it
 * @param question what was asked
 * @param resolver who was asked last, or what the client called it when it was not reached
 * @param protocol how it was asked: {@code udp, tcp, tls} or {@code https}
 * @param attempts messages sent or connections tried
 * @param error why there is no answer
 */
public record DnsFailure(
    String domain,
    List<DnsQuestion> question,
    String resolver,
    String protocol,
    int attempts,
    TaskError error) {

  public DnsFailure {
    question = List.copyOf(question);
  }
}
