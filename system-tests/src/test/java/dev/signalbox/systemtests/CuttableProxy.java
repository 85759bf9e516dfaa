package dev.signalbox.systemtests;

import dev.signalbox.testsupport.FreePorts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Passes TCP connections on to a port of loopback, until it is cut like a cable. */
final class CuttableProxy implements AutoCloseable {

  private static final int BUFFER_BYTES = 16_384;
  private static final int CONNECT_TIMEOUT_MS = 10_000;

  private final int target;
  private final int port = FreePorts.next();
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private @Nullable ServerSocket listener;

  /** Listens at {@link #port()}. */
  CuttableProxy(int target) {
    this.target = target;
    restore();
  }

  int port() {
    return port;
  }

  /** Resets every connection and refuses new ones. */
  synchronized void cut() {
    if (listener == null) {
      return;
    }
    closeQuietly(listener);
    listener = null;
    open.forEach(CuttableProxy::reset);
    open.clear();
  }

  /** Takes connections again, at the same port. */
  synchronized void restore() {
    if (listener != null) {
      return;
    }
    try {
      ServerSocket fresh = new ServerSocket();
      fresh.setReuseAddress(true);
      fresh.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      listener = fresh;
      Thread.ofVirtual().name("proxy-" + port).start(() -> accept(fresh));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void accept(ServerSocket from) {
    while (!from.isClosed()) {
      try {
        Socket client = from.accept();
        Thread.ofVirtual().start(() -> pass(from, client));
      } catch (IOException closed) {
        return;
      }
    }
  }

  private void pass(ServerSocket from, Socket client) {
    try (client;
        Socket server = new Socket()) {
      server.connect(
          new InetSocketAddress(InetAddress.getLoopbackAddress(), target), CONNECT_TIMEOUT_MS);
      open.add(client);
      open.add(server);
      if (from.isClosed()) {
        return;
      }
      Thread back = Thread.ofVirtual().start(() -> copy(server, client));
      copy(client, server);
      back.join();
    } catch (IOException gone) {
      // Both ends are closed, which tells them.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      open.remove(client);
    }
  }

  /** Copies one direction to its end, and ends it at the other side. */
  private void copy(Socket from, Socket to) {
    byte[] buffer = new byte[BUFFER_BYTES];
    try {
      for (int read = from.getInputStream().read(buffer);
          read >= 0;
          read = from.getInputStream().read(buffer)) {
        to.getOutputStream().write(buffer, 0, read);
      }
      to.shutdownOutput();
    } catch (IOException broken) {
      reset(from);
      reset(to);
    } finally {
      open.remove(from);
    }
  }

  private static void reset(Socket socket) {
    try {
      // Without lingering, a close is a reset.
      socket.setSoLinger(true, 0);
    } catch (IOException closed) {
      return;
    }
    closeQuietly(socket);
  }

  private static void closeQuietly(AutoCloseable resource) {
    try {
      resource.close();
    } catch (Exception alreadyClosed) {
      // There is nothing left to close.
    }
  }

  @Override
  public void close() {
    cut();
  }
}
