package dev.signalbox.benchmarks;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Forwards DNS over UDP badly: loses a share of the questions and holds back the answers.
 *
 * <p>Arguments: port, port of the server, share lost in percent, delay in milliseconds, how much
 * the delay may differ either way. One thread; every question gets an id of its own on the way, as
 * 65,536 may be under way at once.
 */
public final class LossyForwarder {

  private static final int LARGEST = 4_096;
  private static final int RECEIVE_BUFFER = 8 << 20;

  private record Asked(SocketAddress client, short id) {}

  private record Held(long due, SocketAddress client, ByteBuffer message) {}

  private final DatagramChannel clients;
  private final DatagramChannel server;
  private final double loss;
  private final double delayMs;
  private final double jitterMs;
  private final SplittableRandom random = new SplittableRandom(42);
  private final @Nullable Asked[] asked = new Asked[65_536];
  private final PriorityQueue<Held> held = new PriorityQueue<>(Comparator.comparingLong(Held::due));
  private int nextId;

  private LossyForwarder(String[] args) throws IOException {
    InetAddress loopback = InetAddress.getLoopbackAddress();
    clients = open().bind(new InetSocketAddress(loopback, Integer.parseInt(args[0])));
    server = open();
    server.connect(new InetSocketAddress(loopback, Integer.parseInt(args[1])));
    loss = Double.parseDouble(args[2]) / 100;
    delayMs = Double.parseDouble(args[3]);
    jitterMs = Double.parseDouble(args[4]);
  }

  static void main(String[] args) throws IOException {
    new LossyForwarder(args).run();
  }

  private static DatagramChannel open() throws IOException {
    DatagramChannel channel = DatagramChannel.open();
    channel.setOption(java.net.StandardSocketOptions.SO_RCVBUF, RECEIVE_BUFFER);
    channel.configureBlocking(false);
    return channel;
  }

  private void run() throws IOException {
    Selector selector = Selector.open();
    clients.register(selector, SelectionKey.OP_READ);
    server.register(selector, SelectionKey.OP_READ);
    System.out.println("ready");
    while (true) {
      selector.select(1);
      selector.selectedKeys().clear();
      questions();
      answers();
      release();
    }
  }

  private void questions() throws IOException {
    ByteBuffer message = ByteBuffer.allocate(LARGEST);
    for (SocketAddress client = clients.receive(message);
        client != null;
        client = clients.receive(message)) {
      message.flip();
      if (message.limit() > 12 && random.nextDouble() >= loss) {
        nextId = (nextId + 1) & 0xffff;
        asked[nextId] = new Asked(client, message.getShort(0));
        message.putShort(0, (short) nextId);
        server.write(message);
      }
      message.clear();
    }
  }

  private void answers() throws IOException {
    while (true) {
      ByteBuffer message = ByteBuffer.allocate(LARGEST);
      if (server.read(message) <= 0) {
        return;
      }
      message.flip();
      Asked question = asked[message.getShort(0) & 0xffff];
      if (question != null) {
        message.putShort(0, question.id());
        double wait = delayMs + (random.nextDouble() * 2 - 1) * jitterMs;
        held.add(
            new Held(System.nanoTime() + (long) (wait * 1_000_000), question.client(), message));
      }
    }
  }

  private void release() throws IOException {
    long now = System.nanoTime();
    for (Held first = held.peek(); first != null && first.due() <= now; first = held.peek()) {
      held.poll();
      clients.send(first.message(), first.client());
    }
  }
}
