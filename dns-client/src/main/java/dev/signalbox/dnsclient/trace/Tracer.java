package dev.signalbox.dnsclient.trace;

import dev.signalbox.dnsclient.message.AnswerAddresses;
import dev.signalbox.dnsclient.message.IpLiterals;
import dev.signalbox.dnsclient.message.QueryOptions;
import dev.signalbox.dnsclient.message.Question;
import dev.signalbox.dnsclient.resolver.LookupOutcome;
import dev.signalbox.dnsclient.resolver.LookupOutcome.Answered;
import dev.signalbox.dnsclient.resolver.LookupOutcome.Unanswered;
import dev.signalbox.dnsclient.resolver.LookupRequest;
import dev.signalbox.dnsclient.resolver.Lookups;
import dev.signalbox.dnsclient.resolver.ResolverGuard;
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
import dev.signalbox.dnsclient.transport.RetryPolicy;
import dev.signalbox.dnsclient.transport.Upstream;
import dev.signalbox.platform.bus.Cancellation;
import io.vertx.core.Future;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/**
 * Resolves names from the root, as {@code dig +trace} does, and keeps every step. Other than dig it
 * follows aliases and finds the addresses of name servers itself. The zones it asks choose which
 * servers it asks next: the guard judges each address, and steps, queries and time are bounded.
 * Used from one event loop.
 */
public final class Tracer {

  /** Zones asked in one trace. */
  public static final int MOST_STEPS = 32;

  /** Records that a step keeps of each section of its response. */
  static final int MOST_RECORDS = 64;

  /** Servers asked in one trace; a zone can name many for each step (NXNSAttack, 2020). */
  public static final int MOST_QUERIES = 64;

  private static final int PORT = 53;

  // A server that is silent leaves most of the time to those after it.
  private static final long LONGEST_WAIT = TimeUnit.SECONDS.toNanos(1);
  private static final long SHORTEST_WAIT = TimeUnit.MILLISECONDS.toNanos(50);
  private static final int PART_OF_TIME = 4;
  private static final int MOST_RETRIES = 1;

  private final Lookups lookups;
  private final ResolverGuard guard;
  private final SecureRandom random = new SecureRandom();

  /**
   * A tracer.
   *
   * @param lookups asks one server
   * @param guard judges the address of each
   */
  public Tracer(Lookups lookups, ResolverGuard guard) {
    this.lookups = lookups;
    this.guard = guard;
  }

  /**
   * What to trace.
   *
   * @param question of class IN
   * @param options how to ask; recursion is never desired
   * @param plainAllowed whether EDNS may be left out for a server that does not understand it
   * @param roots servers of the root, all at one port, at which every other server is asked too;
   *     empty for those of the Internet at port 53
   * @param retryPolicy for the whole trace, and how often a query may be repeated
   */
  public record Request(
      Question question,
      QueryOptions options,
      boolean plainAllowed,
      List<InetSocketAddress> roots,
      RetryPolicy retryPolicy) {

    public Request {
      roots = List.copyOf(roots);
    }
  }

  /**
   * Traces a question.
   *
   * @param cancellation ends it at once, as {@link Fault#CANCELLED}
   * @return fails only on a defect
   */
  public Future<Trace> trace(Request request, Cancellation cancellation) {
    return new Run(request, cancellation).trace();
  }

  /** How a name was resolved, and under which name at last. */
  private record End(Question question, LookupOutcome outcome) {}

  /** A response that leads on, and what it means. */
  private record Used(AuthorityResponse meaning, Answered answered) {}

  /** Addresses of a name server, or why there are none. */
  private record Addresses(List<InetAddress> found, String reason) {}

  /** Addresses of a name server in one family, and whether its name is known to exist. */
  private record Family(List<InetAddress> found, boolean exists) {}

  /** An address to be asked. */
  private record Candidate(String server, InetAddress address) {}

  private final class Run {

    private final Request request;
    private final Cancellation cancellation;
    private final long deadlineNanos;
    private final int port;
    private final List<Step> steps = new ArrayList<>();
    private final Map<Name, Delegation> known = new HashMap<>();
    private final Map<Name, Addresses> serverAddresses = new HashMap<>();
    private final Set<Name> wanted = new HashSet<>();
    private int begun;
    private int queries;

    Run(Request request, Cancellation cancellation) {
      this.request = request;
      this.cancellation = cancellation;
      this.deadlineNanos = System.nanoTime() + request.retryPolicy().timeoutNanos();
      List<InetSocketAddress> roots = request.roots();
      this.port = roots.isEmpty() ? PORT : roots.getFirst().getPort();
      known.put(
          Name.root, roots.isEmpty() ? RootServers.shuffled(random) : Delegation.ofRoot(roots));
    }

    Future<Trace> trace() {
      return resolve(request.question(), null, new HashSet<>())
          .map(end -> new Trace(steps, end.question(), end.outcome()));
    }

    /** Resolves a name from the nearest zone above it of which the servers are known by now. */
    private Future<End> resolve(Question question, @Nullable Name lookingFor, Set<Name> names) {
      if (!names.add(question.name())) {
        return end(question, failed("the aliases lead back to " + question.nameText()));
      }
      return ask(nearest(question.name()), question, lookingFor, names);
    }

    private Delegation nearest(Name name) {
      for (int cut = 0; cut < name.labels(); cut++) {
        Delegation delegation = known.get(new Name(name, cut));
        if (delegation != null) {
          return delegation;
        }
      }
      throw new IllegalStateException("the root is known");
    }

    private Future<End> ask(
        Delegation zone, Question question, @Nullable Name lookingFor, Set<Name> names) {
      if (begun == MOST_STEPS) {
        return end(question, failed("the trace needs more than " + MOST_STEPS + " steps"));
      }
      begun++;
      ZoneStep step = new ZoneStep(zone, question, lookingFor);
      return step.next()
          .compose(used -> {
            steps.add(step.done(used));
            return used == null
                ? end(question, step.unanswered())
                : follow(used, question, lookingFor, names);
          });
    }

    private Future<End> follow(
        Used used, Question question, @Nullable Name lookingFor, Set<Name> names) {
      return switch (used.meaning()) {
        case Referral(Delegation below) -> {
          known.put(below.zone(), below);
          yield ask(below, question, lookingFor, names);
        }
        case Alias(Name target) ->
            resolve(new Question(target, question.type()), lookingFor, names);
        case Answer _, NoData _, NameError _, NameTooLong _ -> end(question, used.answered());
        case Unusable _ -> throw new IllegalStateException("not used");
      };
    }

    private Future<End> end(Question question, LookupOutcome outcome) {
      return Future.succeededFuture(new End(question, outcome));
    }

    private Unanswered failed(String reason) {
      return new Unanswered(Fault.PROTOCOL, reason, "", Protocol.UDP, queries);
    }

    private Future<Addresses> addresses(Name server) {
      Addresses before = serverAddresses.get(server);
      if (before != null) {
        return Future.succeededFuture(before);
      }
      if (!wanted.add(server)) {
        return Future.succeededFuture(
            new Addresses(List.of(), "has an address that depends on its own zone"));
      }
      return addresses(server, Type.A)
          // Of a name that does not exist, or whose servers do not answer, nothing else is asked.
          .compose(v4 ->
              v4.exists() && v4.found().isEmpty()
                  ? addresses(server, Type.AAAA)
                  : Future.succeededFuture(v4))
          .map(of -> {
            wanted.remove(server);
            Addresses addresses = new Addresses(of.found(), "has no address that can be found");
            serverAddresses.put(server, addresses);
            return addresses;
          });
    }

    private Future<Family> addresses(Name server, int type) {
      return resolve(new Question(server, type), server, new HashSet<>())
          .map(end ->
              end.outcome() instanceof Answered answered
                  ? new Family(
                      AnswerAddresses.of(answered.message(), end.question()).stream()
                          .distinct()
                          .limit(AuthorityResponse.MOST_ADDRESSES)
                          .toList(),
                      answered.message().getRcode() == Rcode.NOERROR)
                  : new Family(List.of(), false));
    }

    /** Why nothing more is asked; empty while there may be. */
    private Optional<Unanswered> exhausted() {
      if (cancellation.requested()) {
        return Optional.of(ended(Fault.CANCELLED, "the trace was cancelled"));
      }
      if (left() <= 0) {
        return Optional.of(ended(Fault.TIMEOUT, "no time is left"));
      }
      return queries < MOST_QUERIES
          ? Optional.empty()
          : Optional.of(
              ended(Fault.PROTOCOL, "the trace needs more than " + MOST_QUERIES + " queries"));
    }

    private Unanswered ended(Fault fault, String reason) {
      return new Unanswered(fault, reason, "", Protocol.UDP, queries);
    }

    private long left() {
      return deadlineNanos - System.nanoTime();
    }

    /** One zone: its servers in turn, those whose addresses have to be found last. */
    private final class ZoneStep {

      private final Delegation zone;
      private final Question question;
      private final @Nullable Name lookingFor;
      private final Deque<Candidate> candidates = new ArrayDeque<>();
      private final Deque<Name> unresolved = new ArrayDeque<>();
      private final List<Attempt> attempts = new ArrayList<>();
      private @Nullable Unanswered end;

      ZoneStep(Delegation zone, Question question, @Nullable Name lookingFor) {
        this.zone = zone;
        this.question = question;
        this.lookingFor = lookingFor;
        for (NameServer server : zone.servers()) {
          Name name = server.name();
          server
              .addresses()
              .forEach(address -> candidates.add(new Candidate(server.label(), address)));
          if (name != null && server.addresses().isEmpty()) {
            unresolved.add(name);
          }
        }
      }

      /** Asks until a server helps; null when none does. */
      Future<@Nullable Used> next() {
        Optional<Unanswered> exhausted = exhausted();
        if (exhausted.isPresent()) {
          end = exhausted.get();
          return Future.succeededFuture();
        }
        Candidate candidate = candidates.poll();
        if (candidate != null) {
          return ask(candidate);
        }
        Name server = unresolved.poll();
        return server == null ? Future.succeededFuture() : resolve(server);
      }

      private Future<@Nullable Used> resolve(Name server) {
        return addresses(server)
            .compose(addresses -> {
              if (addresses.found().isEmpty()) {
                skip(server.toString(), null, Fault.UNKNOWN_HOST, addresses.reason());
              }
              addresses
                  .found()
                  .forEach(address -> candidates.add(new Candidate(server.toString(), address)));
              return next();
            });
      }

      private Future<@Nullable Used> ask(Candidate candidate) {
        InetSocketAddress address = new InetSocketAddress(candidate.address(), port);
        Optional<String> rule = guard.denied(List.of(candidate.address()));
        if (rule.isPresent()) {
          skip(candidate.server(), address, Fault.BLOCKED, "must not be asked: " + rule.get());
          return next();
        }
        queries++;
        long begin = System.nanoTime();
        return lookups
            .lookup(request(address), cancellation)
            .compose(outcome -> answered(candidate, address, outcome, System.nanoTime() - begin));
      }

      private LookupRequest request(InetSocketAddress address) {
        QueryOptions options = request.options();
        Upstream upstream =
            new Upstream(Protocol.UDP, address, IpLiterals.text(address.getAddress()), "");
        return new LookupRequest(
            question,
            new QueryOptions(false, options.checkingDisabled(), options.dnssecOk(), options.edns()),
            request.plainAllowed(),
            List.of(upstream),
            new RetryPolicy(
                waitNanos(left()), Math.min(MOST_RETRIES, request.retryPolicy().retries())),
            false);
      }

      // Not less and less: many silent servers would all be asked in the last moment.
      private static long waitNanos(long left) {
        return Math.clamp(left / PART_OF_TIME, Math.min(SHORTEST_WAIT, left), LONGEST_WAIT);
      }

      private Future<@Nullable Used> answered(
          Candidate candidate, InetSocketAddress address, LookupOutcome outcome, long elapsed) {
        return switch (outcome) {
          case Unanswered not -> {
            // The reason begins with the resolver, which the attempt names by itself.
            String reason = not.reason().substring(not.resolver().length()).strip();
            attempts.add(
                new Attempt(
                    candidate.server(),
                    address,
                    not.protocol().text(),
                    null,
                    elapsed,
                    new Problem(not.fault().code(), reason)));
            end = unanswered(candidate.server(), not.resolver(), not.fault(), reason);
            yield next();
          }
          case Answered answered -> {
            AuthorityResponse meaning =
                AuthorityResponse.of(answered.message(), zone.zone(), question);
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
              yield Future.succeededFuture(new Used(meaning, answered));
            }
            end =
                unanswered(
                    candidate.server(), answered.resolver(), Fault.REFUSED, problem.reason());
            yield next();
          }
        };
      }

      private void skip(
          String server, @Nullable InetSocketAddress address, Fault fault, String reason) {
        attempts.add(
            new Attempt(
                server,
                address,
                Protocol.UDP.text(),
                null,
                null,
                new Problem(fault.code(), reason)));
        end = unanswered(server, server, fault, reason);
      }

      private Unanswered unanswered(String server, String resolver, Fault fault, String reason) {
        String of =
            "no server of " + zone.zone() + " gave a usable response; the last, " + server + ", ";
        return new Unanswered(fault, of + reason, resolver, Protocol.UDP, queries);
      }

      Unanswered unanswered() {
        return end == null ? failed(zone.zone() + " has no servers") : end;
      }

      Step done(@Nullable Used used) {
        if (used == null) {
          return step(Outcome.UNANSWERED, null, null);
        }
        Answered answered = used.answered();
        return switch (used.meaning()) {
          case Answer _ -> step(Outcome.ANSWER, null, answered);
          case NoData _ -> step(Outcome.NO_DATA, null, answered);
          case NameError _ -> step(Outcome.NXDOMAIN, null, answered);
          case NameTooLong _ -> step(Outcome.YXDOMAIN, null, answered);
          case Alias(Name target) -> step(Outcome.ALIAS, target, answered);
          case Referral(Delegation below) -> step(Outcome.REFERRAL, below.zone(), answered);
          case Unusable _ -> throw new IllegalStateException("not used");
        };
      }

      private Step step(Outcome outcome, @Nullable Name next, @Nullable Answered answered) {
        return new Step(
            zone.zone(),
            question,
            lookingFor,
            outcome,
            attempts,
            next,
            answered == null ? null : shortened(answered.message()),
            answered == null ? 0 : omitted(answered.message()));
      }

      /** A response may have thousands of records, and a trace many responses. */
      private static Message shortened(Message message) {
        if (omitted(message) == 0) {
          return message;
        }
        Message first = new Message();
        first.setHeader(message.getHeader().clone());
        for (int section = Section.QUESTION; section <= Section.ADDITIONAL; section++) {
          for (Record record : message.getSection(section).stream().limit(MOST_RECORDS).toList()) {
            first.addRecord(record, section);
          }
        }
        return first;
      }

      private static int omitted(Message message) {
        int omitted = 0;
        for (int section = Section.QUESTION; section <= Section.ADDITIONAL; section++) {
          omitted += Math.max(0, message.getSection(section).size() - MOST_RECORDS);
        }
        return omitted;
      }
    }
  }
}
