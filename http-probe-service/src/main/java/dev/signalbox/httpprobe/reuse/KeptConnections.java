package dev.signalbox.httpprobe.reuse;

import dev.signalbox.httpprobe.exchange.HttpWire;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Connections whose exchange ended cleanly, for tasks that ask for one. Lives on one event loop.
 * The oldest goes when there is no room for another.
 */
public final class KeptConnections {

  private final Bounds bounds;
  private final Map<ConnectionKey, ArrayDeque<IdleWatch>> byKey = new HashMap<>();
  private final Set<IdleWatch> byAge = new LinkedHashSet<>();
  private boolean closed;

  /**
   * How many, and for how long.
   *
   * @param most altogether; 0 keeps none
   * @param mostEach with the same key
   * @param idle how long one is kept that nobody takes
   */
  public record Bounds(int most, int mostEach, Duration idle) {}

  public KeptConnections(Bounds bounds) {
    this.bounds = bounds;
  }

  /** The connection used last, which from now on belongs to the caller. */
  public Optional<Connection> take(ConnectionKey key) {
    ArrayDeque<IdleWatch> some = byKey.get(key);
    while (some != null && !some.isEmpty()) {
      IdleWatch watch = some.getLast();
      forget(watch);
      watch.end();
      if (watch.connection().channel().isActive()) {
        return Optional.of(watch.connection().again());
      }
      watch.connection().channel().close();
    }
    return Optional.empty();
  }

  /**
   * Keeps a connection, or closes it. Not to be called while something is read from it: what came
   * after the answer must have come to light.
   */
  public void keep(ConnectionKey key, Connection connection) {
    if (closed || bounds.most() == 0 || !connection.channel().isActive()) {
      connection.channel().close();
      return;
    }
    IdleWatch watch = new IdleWatch(this, key, connection);
    byKey.computeIfAbsent(key, _ -> new ArrayDeque<>()).addLast(watch);
    byAge.add(watch);
    connection.channel().pipeline().addLast(watch);
    watch.closeAfter(bounds.idle());
    // What the codec has not used goes to the watch now, which closes the connection for it.
    HttpWire.clear(connection.channel());
    ArrayDeque<IdleWatch> alike = byKey.get(key);
    if (alike != null && alike.size() > bounds.mostEach()) {
      alike.getFirst().discard();
    }
    if (byAge.size() > bounds.most()) {
      byAge.iterator().next().discard();
    }
  }

  /** Closes them all, and those that come later. */
  public void close() {
    closed = true;
    Set.copyOf(byAge).forEach(IdleWatch::discard);
  }

  /** How many there are. */
  public int size() {
    return byAge.size();
  }

  void forget(IdleWatch watch) {
    byAge.remove(watch);
    ArrayDeque<IdleWatch> some = byKey.get(watch.key());
    if (some != null) {
      some.remove(watch);
      if (some.isEmpty()) {
        byKey.remove(watch.key());
      }
    }
  }
}
