package dev.signalbox.gateway;

import dev.signalbox.contracts.ping.CensusChanged;
import dev.signalbox.contracts.ping.GetProgressReply;
import dev.signalbox.contracts.ping.PingContract;
import dev.signalbox.contracts.ping.TaskStatus;
import dev.signalbox.platform.service.ServiceContext;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/**
 * Measures the live feed: how many events reach how many readers, and how late. Arguments: readers,
 * events a second, seconds. Gateway and readers share the process; the processor time is that of
 * both. The readers are one thread on a selector.
 */
final class EventsPace {

  private static final byte[] MARK = "\"task_index\":".getBytes(StandardCharsets.US_ASCII);

  private EventsPace() {}

  /** One reader: looks for the number after each mark, which a read may cut in two. */
  private static final class Reader {
    private int matched;
    private boolean inNumber;
    private int number;

    int read(ByteBuffer bytes, long now, long[] published, long[] lateness, int from) {
      int count = from;
      while (bytes.hasRemaining()) {
        byte b = bytes.get();
        if (inNumber) {
          if (b >= '0' && b <= '9') {
            number = number * 10 + b - '0';
            continue;
          }
          inNumber = false;
          if (number < published.length && count < lateness.length) {
            lateness[count++] = now - published[number];
          }
        }
        matched = b == MARK[matched] ? matched + 1 : b == MARK[0] ? 1 : 0;
        if (matched == MARK.length) {
          matched = 0;
          inNumber = true;
          number = 0;
        }
      }
      return count;
    }
  }

  static void main(String[] arguments) throws Exception {
    int readers = Integer.parseInt(arguments[0]);
    int rate = Integer.parseInt(arguments[1]);
    int events = rate * Integer.parseInt(arguments[2]);
    AtomicReference<ServiceContext> context = new AtomicReference<>();
    try (GatewayFixture gateway =
            GatewayFixture.start(
                List.of(FakeService.named("observer-service", endpoint -> {}, context::set)),
                "gateway.max-event-readers",
                "20000",
                "gateway.max-connections-per-client",
                "10000",
                "gateway.max-requests-per-client",
                "10000");
        Selector selector = Selector.open()) {
      for (int i = 0; i < readers; i++) {
        connect(gateway.port("main"), selector);
      }
      while (!gateway
          .get("/metrics")
          .body()
          .contains("signalbox_gateway_event_readers " + readers + ".0")) {
        LockSupport.parkNanos(50_000_000);
      }
      long[] published = new long[events];
      long[] lateness = new long[Math.multiplyExact(readers, events)];
      var os =
          (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
      long cpu = os.getProcessCpuTime();
      long start = System.nanoTime();
      Thread publisher =
          Thread.ofPlatform().start(() -> publish(context.get(), published, rate, start));
      int received = receive(selector, published, lateness, start, events / rate + 20);
      publisher.join();
      double took = (System.nanoTime() - start) / 1e9;
      long[] sorted = Arrays.copyOf(lateness, received);
      Arrays.sort(sorted);
      System.gc();
      var memory = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
      System.out.printf(
          "readers=%d rate=%d events=%d received=%d of=%d delivered_per_s=%.0f p50_ms=%.1f"
              + " p99_ms=%.1f max_ms=%.1f cpu_s=%.1f took_s=%.1f heap_mib=%d%n",
          readers,
          rate,
          events,
          received,
          lateness.length,
          received / took,
          at(sorted, 0.5),
          at(sorted, 0.99),
          at(sorted, 1),
          (os.getProcessCpuTime() - cpu) / 1e9,
          took,
          memory.getUsed() >> 20);
    }
  }

  private static double at(long[] sorted, double share) {
    return sorted.length == 0 ? 0 : sorted[(int) ((sorted.length - 1) * share)] / 1e6;
  }

  private static void connect(int port, Selector selector) throws IOException {
    SocketChannel channel =
        SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    channel.write(
        ByteBuffer.wrap(
            ("GET /api/v1/events?topics=census HTTP/1.1\r\nHost: localhost:" + port + "\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII)));
    channel.configureBlocking(false);
    channel.register(selector, SelectionKey.OP_READ, new Reader());
  }

  private static void publish(ServiceContext context, long[] published, int rate, long start) {
    GetProgressReply progress = new GetProgressReply(65_536, 1, 2, 3, 4, 5, 6, 7, 60_000, 1, 0);
    for (int i = 0; i < published.length; i++) {
      long due = start + TimeUnit.SECONDS.toNanos(i) / rate;
      while (System.nanoTime() - due < 0) {
        LockSupport.parkNanos(due - System.nanoTime());
      }
      published[i] = System.nanoTime();
      context
          .bus()
          .publish(
              PingContract.CHANGED,
              new CensusChanged(
                  List.of(new CensusChanged.Task(i, TaskStatus.DONE, 5, "ada")), false, progress));
    }
  }

  private static int receive(
      Selector selector, long[] published, long[] lateness, long start, int seconds)
      throws IOException {
    ByteBuffer buffer = ByteBuffer.allocateDirect(65_536);
    long end = start + TimeUnit.SECONDS.toNanos(seconds);
    int[] received = {0};
    while (received[0] < lateness.length && System.nanoTime() - end < 0) {
      selector.select(
          key -> {
            try {
              buffer.clear();
              if (((SocketChannel) key.channel()).read(buffer) < 0) {
                key.cancel();
              }
              buffer.flip();
              received[0] =
                  ((Reader) key.attachment())
                      .read(buffer, System.nanoTime(), published, lateness, received[0]);
            } catch (IOException e) {
              key.cancel();
            }
          },
          100);
    }
    return received[0];
  }
}
