package dev.signalbox.dnsclient.trace;

import dev.signalbox.dnsclient.message.Question;
import dev.signalbox.dnsclient.resolver.LookupOutcome;
import dev.signalbox.dnsclient.resolver.LookupOutcome.Unanswered;
import dev.signalbox.dnsclient.trace.AuthorityResponse.Alias;
import dev.signalbox.dnsclient.trace.AuthorityResponse.Answer;
import dev.signalbox.dnsclient.trace.AuthorityResponse.NameError;
import dev.signalbox.dnsclient.trace.AuthorityResponse.NameTooLong;
import dev.signalbox.dnsclient.trace.AuthorityResponse.NoData;
import dev.signalbox.dnsclient.trace.AuthorityResponse.Referral;
import dev.signalbox.dnsclient.trace.AuthorityResponse.Unusable;
import dev.signalbox.dnsclient.trace.Trace.Step;
import dev.signalbox.dnsclient.transport.Fault;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.Name;

/** One trace: from zone to zone as the referrals lead, and from name to name as the aliases do. */
final class ReferralWalk {

  private final ServerQueries queries;
  private final TraceLimits limits;
  private final ServerAddresses addresses;
  private final Map<Name, Delegation> known = new HashMap<>();
  private final List<Step> steps = new ArrayList<>();

  ReferralWalk(Delegation root, ServerQueries queries, TraceLimits limits) {
    this.queries = queries;
    this.limits = limits;
    this.addresses =
        new ServerAddresses(
            (question, server) -> resolve(question, server, new HashSet<>()), limits);
    known.put(Name.root, root);
  }

  Future<Trace> trace(Question question) {
    return resolve(question, null, new HashSet<>())
        .map(resolved -> new Trace(steps, resolved.question(), resolved.outcome()));
  }

  /** Resolves a name from the nearest zone above it of which the servers are known by now. */
  private Future<Resolved> resolve(Question question, @Nullable Name lookingFor, Set<Name> names) {
    if (!names.add(question.name())) {
      return end(
          question,
          limits.ended(Fault.PROTOCOL, "the aliases lead back to " + question.nameText()));
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

  private Future<Resolved> ask(
      Delegation zone, Question question, @Nullable Name lookingFor, Set<Name> names) {
    Optional<Unanswered> limit = limits.beginStep();
    if (limit.isPresent()) {
      return end(question, limit.get());
    }
    ZoneStep step = new ZoneStep(zone, question, lookingFor, queries, addresses, limits);
    return step.ask()
        .compose(used -> {
          steps.add(step.done(used));
          return used == null
              ? end(question, step.failure())
              : follow(used, question, lookingFor, names);
        });
  }

  private Future<Resolved> follow(
      ZoneStep.Used used, Question question, @Nullable Name lookingFor, Set<Name> names) {
    return switch (used.meaning()) {
      case Referral(Delegation below) -> {
        known.put(below.zone(), below);
        yield ask(below, question, lookingFor, names);
      }
      case Alias(Name target) -> resolve(new Question(target, question.type()), lookingFor, names);
      case Answer _, NoData _, NameError _, NameTooLong _ -> end(question, used.answered());
      case Unusable _ -> throw new IllegalStateException("not used");
    };
  }

  private static Future<Resolved> end(Question question, LookupOutcome outcome) {
    return Future.succeededFuture(new Resolved(question, outcome));
  }
}
