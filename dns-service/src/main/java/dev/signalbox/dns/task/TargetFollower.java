package dev.signalbox.dns.task;

import dev.signalbox.contracts.dns.DnsFollowed;
import dev.signalbox.dns.task.Asked.Followed;
import dev.signalbox.dnsclient.message.AddressText;
import dev.signalbox.dnsclient.message.AliasChain;
import dev.signalbox.dnsclient.message.AnswerAddresses;
import dev.signalbox.dnsclient.message.Question;
import dev.signalbox.dnsclient.resolver.LookupOutcome.Answered;
import dev.signalbox.dnsclient.resolver.LookupOutcome.Unanswered;
import dev.signalbox.dnsclient.transport.Upstream;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.net.InetAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.MXRecord;
import org.xbill.DNS.Message;
import org.xbill.DNS.NSRecord;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.SRVRecord;
import org.xbill.DNS.SVCBBase;
import org.xbill.DNS.Type;

/**
 * Looks up the addresses of the names that the answers of one task point to, each at the resolver
 * that gave the answer, and at the others of the task when that one fails. A name is asked once,
 * however many answers point to it.
 */
final class TargetFollower {

  /** Names that one task follows; the same name at another resolver counts as another. */
  static final int MOST_NAMES = 32;

  /** Names of a task that are looked up at once, so that one task leaves room for others. */
  private static final int MOST_AT_ONCE = 8;

  /** Addresses of a name that are listed: two responses have room for thousands. */
  static final int MOST_ADDRESSES = 64;

  /** Asks a question of some resolvers, within what the task has left. */
  @FunctionalInterface
  interface Asker {

    /**
     * Asks within one part of the time that is left, so that silent names leave time for others.
     */
    Future<Asked> ask(Question question, List<Upstream> upstreams, int parts);
  }

  private record Target(Name name, List<Upstream> upstreams) {}

  private final Asker asker;
  private final Map<Target, Future<DnsFollowed>> targets = new HashMap<>();
  private final Queue<Supplier<Future<DnsFollowed>>> waiting = new ArrayDeque<>();
  private int running;

  TargetFollower(Asker asker) {
    this.asker = asker;
  }

  /** The same, each with the addresses of what its answer points to. */
  Future<List<Asked>> follow(List<Asked> all) {
    List<Future<Asked>> followed = all.stream().map(this::follow).toList();
    startWaiting(); // When all are known, because they share the time.
    return Future.all(followed).map(done -> done.list());
  }

  private Future<Asked> follow(Asked asked) {
    if (!(asked.outcome() instanceof Answered answered)) {
      return Future.succeededFuture(asked);
    }
    List<Future<DnsFollowed>> followed = new ArrayList<>();
    List<Upstream> upstreams = firstOf(asked.upstreams(), answered.resolver());
    int left = 0;
    for (Name name : names(asked.question(), answered)) {
      Target target = new Target(name, upstreams);
      if (targets.containsKey(target) || targets.size() < MOST_NAMES) {
        followed.add(targets.computeIfAbsent(target, this::inTurn));
      } else {
        left++;
      }
    }
    int omitted = left;
    return Future.all(followed).map(done -> asked.with(new Followed(done.list(), omitted)));
  }

  private static Set<Name> names(Question question, Answered answered) {
    Set<Name> names = new LinkedHashSet<>();
    Message message = answered.message();
    // Other records that came along say nothing about the name that was asked for.
    for (Record record : AliasChain.of(message, question).data(message)) {
      Name target = target(record);
      if (target != null && !target.equals(Name.root)) {
        names.add(target);
      }
    }
    return names;
  }

  /** Where a record points to; the root stands for nowhere (RFC 7505, RFC 2782). */
  private static @Nullable Name target(Record record) {
    return switch (record) {
      case MXRecord mx -> mx.getTarget();
      case NSRecord ns -> ns.getTarget();
      case SRVRecord srv -> srv.getTarget();
      // RFC 9460 section 2.5: in ServiceMode the root stands for the owner.
      case SVCBBase service ->
          service.getTargetName().equals(Name.root) && service.getSvcPriority() > 0
              ? service.getName()
              : service.getTargetName();
      default -> null;
    };
  }

  /** Of several resolvers that were asked in turn, the one that answered knows the zone. */
  private static List<Upstream> firstOf(List<Upstream> upstreams, String answering) {
    return upstreams.stream()
        .sorted(Comparator.comparing((Upstream each) -> !each.label().equals(answering)))
        .toList();
  }

  private Future<DnsFollowed> inTurn(Target target) {
    Promise<DnsFollowed> done = Promise.promise();
    waiting.add(() -> addresses(target).onComplete(done));
    return done.future();
  }

  private void startWaiting() {
    while (running < MOST_AT_ONCE && !waiting.isEmpty()) {
      running++;
      waiting
          .remove()
          .get()
          .onComplete(_ -> {
            running--;
            startWaiting();
          });
    }
  }

  private Future<DnsFollowed> addresses(Target target) {
    // This one is among those running; the others that find a place now begin in the same turn.
    int later = Math.max(0, waiting.size() - (MOST_AT_ONCE - running));
    int parts = 1 + Math.ceilDiv(later, MOST_AT_ONCE);
    Future<Asked> v4 = asker.ask(new Question(target.name(), Type.A), target.upstreams(), parts);
    Future<Asked> v6 = asker.ask(new Question(target.name(), Type.AAAA), target.upstreams(), parts);
    return Future.all(v4, v6).map(_ -> followed(target.name(), List.of(v4.result(), v6.result())));
  }

  private static DnsFollowed followed(Name name, List<Asked> families) {
    Set<String> addresses = new LinkedHashSet<>();
    List<DnsFollowed.Lookup> lookups = new ArrayList<>(families.size());
    for (Asked asked : families) {
      String type = asked.question().typeText();
      switch (asked.outcome()) {
        case Answered answered -> {
          for (InetAddress address : AnswerAddresses.of(answered.message(), asked.question())) {
            addresses.add(AddressText.of(address));
          }
          lookups.add(
              new DnsFollowed.Lookup(
                  type,
                  Rcode.string(answered.message().getRcode()),
                  DnsReplies.security(asked.verdict()),
                  null));
        }
        case Unanswered unanswered ->
            lookups.add(
                new DnsFollowed.Lookup(
                    type, null, null, DnsReplies.error(name.toString(), unanswered)));
      }
    }
    List<String> listed = addresses.stream().limit(MOST_ADDRESSES).toList();
    return new DnsFollowed(name.toString(), listed, addresses.size() - listed.size(), lookups);
  }
}
