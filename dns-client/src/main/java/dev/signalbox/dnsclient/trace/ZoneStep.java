package dev.signalbox.dnsclient.trace;

import dev.signalbox.dnsclient.message.Question;
import dev.signalbox.dnsclient.resolver.LookupOutcome;
import dev.signalbox.dnsclient.resolver.LookupOutcome.Answered;
import dev.signalbox.dnsclient.resolver.LookupOutcome.Unanswered;
import dev.signalbox.dnsclient.trace.AuthorityResponse.Alias;
import dev.signalbox.dnsclient.trace.AuthorityResponse.Answer;
import dev.signalbox.dnsclient.trace.AuthorityResponse.NameError;
import dev.signalbox.dnsclient.trace.AuthorityResponse.NameTooLong;
import dev.signalbox.dnsclient.trace.AuthorityResponse.NoData;
import dev.signalbox.dnsclient.trace.AuthorityResponse.Referral;
import dev.signalbox.dnsclient.trace.AuthorityResponse.Unusable;
import dev.signalbox.dnsclient.trace.Delegation.NameServer;
import dev.signalbox.dnsclient.trace.Trace.Attempt;
import dev.signalbox.dnsclient.trace.Trace.Outcome;
import dev.signalbox.dnsclient.trace.Trace.Problem;
import dev.signalbox.dnsclient.trace.Trace.Step;
import dev.signalbox.dnsclient.transport.Fault;
import dev.signalbox.dnsclient.transport.Protocol;
import io.vertx.core.Future;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.Name;

/** One zone: its servers are asked in turn, those whose addresses have to be found last. */
final class ZoneStep {

  /** A response that leads on, and what it means. */
  record Used(AuthorityResponse meaning, Answered answered) {}

  /** An address to be asked. */
  private record Candidate(String server, InetAddress address) {}

  private final Delegation zone;
  private final Question question;
  private final @Nullable Name lookingFor;
  private final ServerQueries queries;
  private final ServerAddresses addresses;
  private final TraceLimits limits;
  private final Deque<Candidate> candidates = new ArrayDeque<>();
  private final Deque<Name> unresolved = new ArrayDeque<>();
  private final List<Attempt> attempts = new ArrayList<>();
  private @Nullable Unanswered last;

  /**
   * A step that has not begun.
   *
   * @param lookingFor the name server whose address is wanted; null for the name of the trace
   */
  ZoneStep(
      Delegation zone,
      Question question,
      @Nullable Name lookingFor,
      ServerQueries queries,
      ServerAddresses addresses,
      TraceLimits limits) {
    this.zone = zone;
    this.question = question;
    this.lookingFor = lookingFor;
    this.queries = queries;
    this.addresses = addresses;
    this.limits = limits;
    for (NameServer server : zone.servers()) {
      Name name = server.name();
      server.addresses().forEach(address -> candidates.add(new Candidate(server.label(), address)));
      if (name != null && server.addresses().isEmpty()) {
        unresolved.add(name);
      }
    }
  }

  /** Asks until a server helps; null when none does. */
  Future<@Nullable Used> ask() {
    // A limit counts as reached only if it keeps a server from being asked.
    boolean more = !candidates.isEmpty() || !unresolved.isEmpty();
    if (!more || limits.noMoreQueries().isPresent()) {
      return Future.succeededFuture();
    }
    Candidate candidate = candidates.poll();
    if (candidate != null) {
      return ask(candidate);
    }
    Name server = unresolved.poll();
    return server == null ? Future.succeededFuture() : lookUp(server);
  }

  private Future<@Nullable Used> lookUp(Name server) {
    return addresses
        .of(server)
        .compose(found -> {
          if (found.found().isEmpty()) {
            skip(server.toString(), null, found.fault(), found.reason());
          }
          found
              .found()
              .forEach(address -> candidates.add(new Candidate(server.toString(), address)));
          return ask();
        });
  }

  private Future<@Nullable Used> ask(Candidate candidate) {
    InetSocketAddress address = queries.at(candidate.address());
    Optional<String> rule = queries.denied(candidate.address());
    if (rule.isPresent()) {
      skip(candidate.server(), address, Fault.BLOCKED, "must not be asked: " + rule.get());
      return ask();
    }
    long begin = System.nanoTime();
    return queries
        .ask(question, address)
        .compose(outcome -> asked(candidate, address, outcome, System.nanoTime() - begin));
  }

  private Future<@Nullable Used> asked(
      Candidate candidate, InetSocketAddress address, LookupOutcome outcome, long elapsed) {
    return switch (outcome) {
      case Unanswered not -> unanswered(candidate, address, not, elapsed);
      case Answered answered -> answered(candidate, address, answered, elapsed);
    };
  }

  private Future<@Nullable Used> unanswered(
      Candidate candidate, InetSocketAddress address, Unanswered not, long elapsed) {
    limits.reachedBy(not);
    // The reason begins with the resolver, which the attempt names by itself.
    String reason = not.reason().substring(not.resolver().length()).strip();
    attempts.add(
        new Attempt(
            candidate.server(),
            address,
            not.protocol().text(),
            null,
            not.attempts() == 0 ? null : elapsed,
            new Problem(not.fault().code(), reason)));
    last = failure(candidate.server(), not.resolver(), not.fault(), reason);
    return ask();
  }

  private Future<@Nullable Used> answered(
      Candidate candidate, InetSocketAddress address, Answered answered, long elapsed) {
    AuthorityResponse meaning = AuthorityResponse.of(answered.message(), zone.zone(), question);
    Problem problem = meaning instanceof Unusable(Problem why) ? why : null;
    attempts.add(
        new Attempt(
            candidate.server(),
            address,
            answered.protocol().text(),
            answered.message().getRcode(),
            elapsed,
            problem));
    if (problem == null) {
      return Future.succeededFuture(new Used(meaning, answered));
    }
    last = failure(candidate.server(), answered.resolver(), Fault.REFUSED, problem.reason());
    return ask();
  }

  private void skip(
      String server, @Nullable InetSocketAddress address, Fault fault, String reason) {
    limits.skip();
    attempts.add(
        new Attempt(
            server, address, Protocol.UDP.text(), null, null, new Problem(fault.code(), reason)));
    last = failure(server, server, fault, reason);
  }

  private Unanswered failure(String server, String resolver, Fault fault, String reason) {
    String of =
        "no server of " + zone.zone() + " gave a usable response; the last, " + server + ", ";
    return new Unanswered(fault, of + reason, resolver, Protocol.UDP, limits.queries());
  }

  /** Why no server helped: a limit of the trace, or what the last of them did. */
  LookupOutcome failure() {
    return limits
        .reached()
        .or(() -> Optional.ofNullable(last))
        .orElseGet(() -> limits.ended(Fault.PROTOCOL, zone.zone() + " has no servers"));
  }

  Step done(@Nullable Used used) {
    if (used == null) {
      return new Step(
          zone.zone(), question, lookingFor, Outcome.UNANSWERED, attempts, null, null, 0);
    }
    return switch (used.meaning()) {
      case Answer _ -> step(Outcome.ANSWER, null, used);
      case NoData _ -> step(Outcome.NO_DATA, null, used);
      case NameError _ -> step(Outcome.NXDOMAIN, null, used);
      case NameTooLong _ -> step(Outcome.YXDOMAIN, null, used);
      case Alias(Name target) -> step(Outcome.ALIAS, target, used);
      case Referral(Delegation below) -> step(Outcome.REFERRAL, below.zone(), used);
      case Unusable _ -> throw new IllegalStateException("not used");
    };
  }

  private Step step(Outcome outcome, @Nullable Name next, Used used) {
    KeptRecords kept = KeptRecords.of(used.answered().message());
    return new Step(
        zone.zone(), question, lookingFor, outcome, attempts, next, kept.first(), kept.all());
  }
}
