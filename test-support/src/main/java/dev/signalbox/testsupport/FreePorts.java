package dev.signalbox.testsupport;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Ports for processes that cannot tell which ones they took. They come from below the range from
 * which systems give ports to clients, so no connection takes them between the choice and the bind.
 */
public final class FreePorts {

  private static final int LOWEST = 11_000;
  private static final int HIGHEST = 20_000;
  private static final Set<Integer> GIVEN = new HashSet<>();

  private FreePorts() {}

  /** One port. */
  public static int next() {
    return row(1);
  }

  /** The first of several adjacent ports. */
  public static synchronized int row(int count) {
    for (int attempt = 0; attempt < 1_000; attempt++) {
      int first = ThreadLocalRandom.current().nextInt(LOWEST, HIGHEST);
      if (free(first, count)) {
        for (int port = first; port < first + count; port++) {
          GIVEN.add(port);
        }
        return first;
      }
    }
    throw new IllegalStateException("no " + count + " adjacent ports are free");
  }

  private static boolean free(int first, int count) {
    for (int port = first; port < first + count; port++) {
      if (GIVEN.contains(port) || !free(port)) {
        return false;
      }
    }
    return true;
  }

  /** Whether nothing listens on a port of loopback. */
  public static boolean free(int port) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      return true;
    } catch (IOException taken) {
      return false;
    }
  }
}
