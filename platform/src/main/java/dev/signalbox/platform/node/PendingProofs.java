package dev.signalbox.platform.node;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Bounds the accepted connections that have not proven the secret yet, each of which holds a
 * thread. When there are too many, the one that has waited longest is closed and the newest gets
 * its place: a member proves within milliseconds, so that strangers who hold all places keep no
 * member out, not even one that shares their address.
 */
final class PendingProofs {

  private final int most;
  private final int mostOfAddress;

  /** In the order in which they came, by the address of the other end. */
  private final Map<Socket, InetAddress> pending = new LinkedHashMap<>();

  PendingProofs(int most, int mostOfAddress) {
    this.most = most;
    this.mostOfAddress = mostOfAddress;
  }

  /** Gives a connection a place, and closes another one if there is none. */
  void begin(Socket socket) throws IOException {
    InetAddress address = socket.getInetAddress();
    if (address == null) {
      throw new SocketException("the connection is closed");
    }
    Socket evicted;
    synchronized (pending) {
      evicted = evict(address);
      pending.put(socket, address);
    }
    if (evicted != null) {
      evicted.close(); // Its thread fails and is free.
    }
  }

  /** Ends its place; false if it had lost it. */
  boolean end(Socket socket) {
    synchronized (pending) {
      return pending.remove(socket) != null;
    }
  }

  private @Nullable Socket evict(InetAddress newcomer) {
    Map<InetAddress, Long> counts =
        pending.values().stream()
            .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
    if (counts.getOrDefault(newcomer, 0L) >= mostOfAddress) {
      return removeOldest(newcomer::equals);
    }
    if (pending.size() < most) {
      return null;
    }
    long highest = Collections.max(counts.values());
    return removeOldest(address -> counts.getOrDefault(address, 0L) == highest);
  }

  private @Nullable Socket removeOldest(Predicate<InetAddress> ofAddress) {
    Iterator<Map.Entry<Socket, InetAddress>> all = pending.entrySet().iterator();
    while (all.hasNext()) {
      Map.Entry<Socket, InetAddress> each = all.next();
      Socket oldest = each.getKey();
      if (ofAddress.test(each.getValue())) {
        all.remove();
        return oldest;
      }
    }
    return null;
  }
}
