package dev.signalbox.platform.bus;

import io.vertx.core.spi.cluster.NodeInfo;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The members of the cluster and what each of them serves, as each of them says itself. Nothing of
 * it is shared state that a split, a merge or a member's end could leave wrong: a member is present
 * for as long as it answers, and what it serves is what it said last. Any thread may use it.
 */
public final class Members {

  private static final Logger LOG = LoggerFactory.getLogger(Members.class);

  /** A present member that has said nothing for so long is absent. */
  static final long SILENCE_NANOS = 4_000_000_000L;

  /** An absent member is asked for so long whether it is back, and forgotten then. */
  static final long MEMORY_NANOS = 300_000_000_000L;

  /** Members named by others are taken up to so many members in all. */
  static final int MOST_MEMBERS = 1_000;

  private static final char NODE = '#';

  /** Notified when members come and go, on whichever thread noticed it. */
  public interface Listener {

    /** Takes calls from now on, and may be called. */
    default void present(String node) {}

    /** Has gone, or cannot be reached: calls under way there get no answer. */
    default void absent(String node) {}

    /** Did not answer in time; what was sent to it before may be lost. */
    default void late(String node, long sinceNanos) {}

    /** It is served differently from now on, by some process. */
    default void changed() {}

    /** Has been removed: it is no longer asked. */
    default void forgotten(String node) {}
  }

  private static final class Member {
    private final String node;
    private String host;
    private int port;
    private long version = -1;
    private Set<String> addresses = Set.of();
    private long heardNanos;
    private boolean present;

    /** Has spoken at least once, so that it could be reached. */
    private boolean heard;

    /** Known only because another member named it. */
    private boolean namedByOtherOnly;

    private boolean listed;
    private boolean late;

    Member(String node, String host, int port, long now) {
      this.node = node;
      this.host = host;
      this.port = port;
      this.heardNanos = now;
    }

    @Override
    public String toString() {
      return node + " at " + host + ":" + port;
    }
  }

  private final String self;
  private final Map<String, Member> members = new HashMap<>();
  private final Map<String, Integer> own = new HashMap<>();
  private final List<Listener> listeners = new CopyOnWriteArrayList<>();
  private volatile Map<String, List<String>> serving = Map.of();
  private volatile int presentCount;
  private volatile Runnable changed = () -> {};
  private volatile Consumer<String> ask = node -> {};
  private @Nullable NodeInfo address;
  private long version;

  /**
   * The members as one process knows them.
   *
   * @param self id of this process, new at every start
   */
  public Members(String self) {
    this.self = self;
  }

  /** Id of this process. */
  public String self() {
    return self;
  }

  /** Tells of comings and goings. */
  public void listener(Listener listener) {
    listeners.add(listener);
  }

  /** Whom to tell when this process serves something else, and whom to ask about a member. */
  void exchange(Runnable onChange, Consumer<String> onQuestion) {
    changed = onChange;
    ask = onQuestion;
  }

  /** The address by which the bus finds one process's own handlers of another address. */
  static String at(String address, String node) {
    return address + NODE + node;
  }

  /** The process that an address of {@link #at} belongs to; null for an address without. */
  public static @Nullable String nodeOf(String address) {
    int at = address.lastIndexOf(NODE);
    return at < 0 ? null : address.substring(at + 1);
  }

  // What this process serves.

  /** Where the bus of this process listens. */
  public synchronized void address(NodeInfo info) {
    address = info;
  }

  /** This process serves an address: once more, if it does already. */
  void serves(String served) {
    synchronized (this) {
      if (own.merge(served, 1, Integer::sum) > 1) {
        return;
      }
      version++;
      rebuild();
    }
    changed.run();
    listeners.forEach(Listener::changed);
  }

  /** This process serves an address once less. */
  void withdraws(String served) {
    synchronized (this) {
      Integer times = own.get(served);
      if (times == null) {
        return;
      }
      if (times > 1) {
        own.put(served, times - 1);
        return;
      }
      own.remove(served);
      version++;
      rebuild();
    }
    changed.run();
    listeners.forEach(Listener::changed);
  }

  /**
   * What it says of itself.
   *
   * @param withOthers whether it names the members that answer it
   */
  synchronized Hello hello(boolean leaving, long question, long answer, boolean withOthers) {
    NodeInfo info = address;
    if (info == null) {
      throw new IllegalStateException("the bus does not listen yet");
    }
    return new Hello(
        self,
        info.host(),
        info.port(),
        version,
        own.keySet(),
        leaving,
        question,
        answer,
        withOthers ? peers() : null);
  }

  private List<Hello.Peer> peers() {
    return members.values().stream()
        .filter(member -> member.present)
        .map(member -> new Hello.Peer(member.node, member.host, member.port))
        .toList();
  }

  // What is learned of others.

  /**
   * Membership lists a member: it is asked what it serves, and is present when it answers.
   *
   * @param now {@link System#nanoTime()}
   */
  public void listed(String node, String host, int port, long now) {
    if (node.equals(self)) {
      return;
    }
    synchronized (this) {
      Member member = members.computeIfAbsent(node, id -> new Member(id, host, port, now));
      member.listed = true;
      member.namedByOtherOnly = false;
    }
    ask.accept(node);
  }

  /** Membership no longer lists it: it is asked, and stays present if it answers. */
  public void unlisted(String node) {
    synchronized (this) {
      Member member = members.get(node);
      if (member == null) {
        return;
      }
      member.listed = false;
    }
    ask.accept(node);
  }

  /** A member has spoken. */
  void heard(Hello hello, long now) {
    if (hello.node().equals(self)) {
      return;
    }
    boolean came;
    boolean news = false;
    List<String> replaced = new ArrayList<>();
    Member member;
    synchronized (this) {
      if (hello.leaving()) {
        member = members.get(hello.node());
        came = false;
      } else {
        // A process that has the address of another has taken its place.
        for (Member other : members.values()) {
          if (other.port == hello.port()
              && other.host.equals(hello.host())
              && !other.node.equals(hello.node())) {
            replaced.add(other.node);
          }
        }
        member =
            members.computeIfAbsent(
                hello.node(), id -> new Member(id, hello.host(), hello.port(), now));
        member.heardNanos = now;
        member.heard = true;
        member.namedByOtherOnly = false;
        came = !member.present;
        member.present = true;
        member.late = false;
        if (hello.version() > member.version || came) {
          member.version = hello.version();
          member.host = hello.host();
          member.port = hello.port();
          if (came || !member.addresses.equals(hello.addresses())) {
            member.addresses = hello.addresses();
            rebuild();
            news = true;
          }
        }
      }
    }
    replaced.forEach(node -> forget(node, "another process has its address"));
    if (hello.leaving()) {
      forget(hello.node(), "it stops");
    } else if (came) {
      LOG.info("member {} is present; {} other members present", member, presentCount);
      listeners.forEach(listener -> listener.present(hello.node()));
    }
    if (news) {
      listeners.forEach(Listener::changed);
    }
    if (hello.others() != null) {
      named(hello.others(), now);
    }
  }

  /**
   * Takes members that another member named. While membership is split, members of the two parts
   * still answer each other, but a newcomer is listed in one part alone: without this it would not
   * learn of the other part, nor that part of it, until the parts merge.
   */
  private void named(List<Hello.Peer> peers, long now) {
    List<String> unknown = new ArrayList<>();
    synchronized (this) {
      for (Hello.Peer peer : peers) {
        if (!peer.node().equals(self)
            && !members.containsKey(peer.node())
            && members.size() < MOST_MEMBERS) {
          Member member = new Member(peer.node(), peer.host(), peer.port(), now);
          member.namedByOtherOnly = true;
          members.put(peer.node(), member);
          unknown.add(peer.node());
        }
      }
    }
    unknown.forEach(ask);
  }

  /** How a question ended that got no answer. */
  enum Silence {
    /** It could not be asked: nothing listens there, or the connection broke. */
    REFUSED,
    /** As before, and neither could it a moment later, on a connection of its own. */
    REFUSED_AGAIN,
    /** Nothing came in time. */
    LATE
  }

  /**
   * A member did not answer.
   *
   * @param askedNanos when it was asked
   * @return whether to ask it once more at once, on a connection of its own
   */
  boolean silent(String node, Silence how, long askedNanos, long now) {
    boolean gone;
    synchronized (this) {
      Member member = members.get(node);
      if (member == null) {
        return false;
      }
      if (member.present && member.heardNanos - askedNanos > 0) {
        return false; // It has spoken since.
      }
      member.late = how == Silence.LATE;
      if (member.present) {
        gone =
            switch (how) {
              case REFUSED -> !member.listed;
              case REFUSED_AGAIN -> true;
              case LATE -> !member.listed || now - member.heardNanos > SILENCE_NANOS;
            };
      } else if (!member.listed
          && (member.namedByOtherOnly || now - member.heardNanos > MEMORY_NANOS)) {
        // One that was only named by another may have ended long ago.
        gone = true;
      } else {
        return false;
      }
    }
    if (gone) {
      leave(
          node,
          switch (how) {
            case REFUSED, REFUSED_AGAIN -> "its port refuses connections";
            case LATE -> "it does not answer";
          });
      return false;
    }
    listeners.forEach(listener -> listener.late(node, askedNanos));
    return how == Silence.REFUSED;
  }

  /** This process was paused itself: that it heard nothing says nothing about the others. */
  synchronized void pausedUntil(long now) {
    members.values().stream()
        .filter(member -> member.present)
        .forEach(member -> member.heardNanos = now);
  }

  private void leave(String node, String why) {
    Member member;
    boolean forgotten;
    synchronized (this) {
      member = members.get(node);
      if (member == null) {
        return;
      }
      forgotten = !member.present;
      if (forgotten) {
        members.remove(node);
      } else {
        member.present = false;
        rebuild();
      }
    }
    if (forgotten) {
      listeners.forEach(listener -> listener.forgotten(node));
    } else {
      LOG.info("member {} is absent: {}; {} other members present", member, why, presentCount);
      listeners.forEach(listener -> listener.absent(node));
      listeners.forEach(Listener::changed);
    }
  }

  private void forget(String node, String why) {
    leave(node, why);
    leave(node, why);
  }

  private void rebuild() {
    Map<String, List<String>> all = new HashMap<>();
    own.keySet().forEach(served -> all.computeIfAbsent(served, s -> new ArrayList<>()).add(self));
    int count = 0;
    for (Member member : members.values()) {
      if (member.present) {
        count++;
        member.addresses.forEach(
            served -> all.computeIfAbsent(served, s -> new ArrayList<>()).add(member.node));
      }
    }
    all.replaceAll((served, nodes) -> List.copyOf(nodes));
    serving = Map.copyOf(all);
    presentCount = count;
  }

  // What is known.

  /** Ids of the processes that serve an address, this one among them if it does; maybe none. */
  public List<String> serving(String served) {
    return serving.getOrDefault(served, List.of());
  }

  /** Ids of the processes that serve each address. */
  public Map<String, List<String>> serving() {
    return serving;
  }

  /** How many other members answer. */
  public int present() {
    return presentCount;
  }

  /**
   * How many other members do not answer, of those that membership lists or that have spoken. Ones
   * whose process has ended, so that nothing listens in their place, are not among them.
   */
  public synchronized int unreachable() {
    return (int)
        members.values().stream()
            .filter(member -> !member.present && member.late)
            .filter(member -> member.listed || member.heard)
            .count();
  }

  /** Where a member's bus listens; null for one that is not known. */
  public synchronized @Nullable NodeInfo address(String node) {
    if (node.equals(self)) {
      return address;
    }
    Member member = members.get(node);
    return member == null ? null : new NodeInfo(member.host, member.port, null);
  }

  /** Ids of all members to be asked: present ones, and those that may come back. */
  synchronized Collection<String> toAsk(boolean absentToo) {
    Set<String> nodes = new HashSet<>();
    members.forEach((node, member) -> {
      if (member.present || absentToo) {
        nodes.add(node);
      }
    });
    return nodes;
  }

  /** Ids of this process and the present others. */
  public synchronized List<String> nodes() {
    List<String> nodes = new ArrayList<>(toAsk(false));
    nodes.add(self);
    return nodes;
  }
}
