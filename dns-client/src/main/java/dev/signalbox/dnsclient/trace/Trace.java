package dev.signalbox.dnsclient.trace;

import dev.signalbox.dnsclient.message.Question;
import dev.signalbox.dnsclient.resolver.LookupOutcome;
import java.net.InetSocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;

/**
 * A name resolved from the root.
 *
 * @param steps each zone that was asked, in the order the steps ended
 * @param question the last one asked about the name: that of its alias, if it has one
 * @param outcome the response to it, or why there is none
 */
public record Trace(List<Step> steps, Question question, LookupOutcome outcome) {

  public Trace {
    steps = List.copyOf(steps);
  }

  /** How a step ended. */
  public enum Outcome {
    /** The servers of a zone below are to be asked. */
    REFERRAL,
    /** The name stands for another one. */
    ALIAS,
    /** There are records of the type. */
    ANSWER,
    /** The name has no record of the type. */
    NO_DATA,
    /** There is no such name. */
    NXDOMAIN,
    /** A DNAME record makes a name that is too long. */
    YXDOMAIN,
    /** No server of the zone helped. */
    UNANSWERED
  }

  /**
   * The servers of one zone, asked in turn until one helped.
   *
   * @param zone theirs
   * @param question what they were asked
   * @param lookingFor the name server whose address was wanted; null for the name of the trace
   * @param outcome how it ended
   * @param attempts one for each server and address tried
   * @param next the zone or the name that the response leads to; null when it leads nowhere
   * @param response what the last of them sent, of each section the first records; null when none
   *     helped
   * @param records of the whole response, without OPT
   */
  public record Step(
      Name zone,
      Question question,
      @Nullable Name lookingFor,
      Outcome outcome,
      List<Attempt> attempts,
      @Nullable Name next,
      @Nullable Message response,
      int records) {

    public Step {
      attempts = List.copyOf(attempts);
    }
  }

  /**
   * A server that was tried.
   *
   * @param server its name, or its address when a client gave it
   * @param address null when none is known
   * @param protocol {@code udp} or {@code tcp}
   * @param rcode null without a response
   * @param elapsedNanos null when nothing was sent
   * @param problem why the next one was tried; null when the response was used
   */
  public record Attempt(
      String server,
      @Nullable InetSocketAddress address,
      String protocol,
      @Nullable Integer rcode,
      @Nullable Long elapsedNanos,
      @Nullable Problem problem) {}

  /**
   * Why a server did not help.
   *
   * @param code stable, as in the error of a task, or {@code LAME}
   * @param reason as a sentence without the server
   */
  public record Problem(String code, String reason) {}
}
