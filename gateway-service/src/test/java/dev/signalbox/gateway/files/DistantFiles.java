package dev.signalbox.gateway.files;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.contracts.Binary;
import dev.signalbox.contracts.file.FileContract;
import dev.signalbox.contracts.file.FileInfo;
import dev.signalbox.contracts.file.ListFilesReply;
import dev.signalbox.contracts.file.ListFilesRequest;
import dev.signalbox.contracts.file.OpenFileReply;
import dev.signalbox.contracts.file.ReadFileReply;
import dev.signalbox.contracts.file.ReadFileRequest;
import dev.signalbox.contracts.file.SendFileReply;
import dev.signalbox.contracts.file.SendFileRequest;
import dev.signalbox.platform.config.Setting;
import dev.signalbox.platform.service.ServiceContext;
import dev.signalbox.platform.service.ServiceDefinition;
import dev.signalbox.platform.service.ServiceEndpoint;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** A file-service that says it is in another process, and does what a test wants it to. */
public final class DistantFiles {

  static final int SIZE = 3_000_001;

  private final byte[] content = new byte[SIZE];
  private final AtomicInteger atOnce = new AtomicInteger();
  private final AtomicInteger mostAtOnce = new AtomicInteger();
  private final AtomicLong bytesRead = new AtomicLong();
  private final AtomicInteger changes = new AtomicInteger();
  private volatile long changedFrom = Long.MAX_VALUE;
  private volatile long size = SIZE;
  private volatile boolean reverse;
  private volatile boolean gone;
  private volatile boolean held;
  private final AtomicInteger begins = new AtomicInteger();
  private volatile @Nullable Sending sending;
  private final AtomicInteger tickets = new AtomicInteger();
  private final AtomicInteger connections = new AtomicInteger();
  private final AtomicInteger connectionsMade = new AtomicInteger();
  private volatile long bytesSeen = -1;
  private volatile long seenAtNanos;

  DistantFiles() {
    new Random(3).nextBytes(content);
  }

  /** Nothing to set. */
  public record Config(@Setting(value = "", doc = "Nothing") String nothing) {}

  ServiceDefinition<?> service() {
    return new ServiceDefinition<>(
        "file-service", "file", Config.class, (_, context) -> new Service(context));
  }

  /** What it does over a connection that a ticket of its own leads to. */
  @FunctionalInterface
  interface Sending {
    void send(NetSocket socket, Buffer range);
  }

  /** Offers files over connections; set before the start. */
  void sendBy(Sending how) {
    sending = how;
  }

  /** Tickets asked for. */
  int tickets() {
    return tickets.get();
  }

  /** Connections open. */
  int connections() {
    return connections.get();
  }

  /** Connections that were ever opened. */
  int connectionsMade() {
    return connectionsMade.get();
  }

  byte[] content() {
    return content;
  }

  int mostAtOnce() {
    return mostAtOnce.get();
  }

  long bytesRead() {
    return bytesRead.get();
  }

  void changedForTheNext(int reads) {
    changes.set(reads);
  }

  void changedFrom(long offset) {
    changedFrom = offset;
  }

  /** Answers no reads until {@link #letGo}. */
  void hold() {
    held = true;
  }

  /** Answers what {@link #hold} kept. */
  void letGo() {
    held = false;
  }

  /** Reads that began at the first byte. */
  int begins() {
    return begins.get();
  }

  /** Lists its file, which is gone when it is opened. */
  void vanish() {
    gone = true;
  }

  void answerInReverse() {
    reverse = true;
  }

  void endless() {
    size = 1L << 40;
  }

  /** Whether nothing was read for half a second. */
  boolean quiet() {
    long now = bytesRead.get();
    if (now != bytesSeen) {
      bytesSeen = now;
      seenAtNanos = System.nanoTime();
      return false;
    }
    return System.nanoTime() - seenAtNanos > 500_000_000L;
  }

  private final class Service extends VerticleBase {

    private final String node;
    private final ServiceEndpoint endpoint;
    private final Deque<Runnable> waiting = new ArrayDeque<>();
    private final Map<String, SendFileRequest> offered = new HashMap<>();
    private @Nullable NetServer server;

    Service(ServiceContext given) {
      this.node = given.node();
      this.endpoint = given.endpoint(100);
    }

    @Override
    public Future<?> start() {
      Sending how = sending;
      if (how == null) {
        return serve().open();
      }
      NetServer listening = vertx.createNetServer().connectHandler(socket -> accept(socket, how));
      server = listening;
      return listening
          .listen(0, "127.0.0.1")
          .compose(_ -> serve().serveHere(FileContract.SEND, (send, _) -> offer(send)).open());
    }

    private Future<SendFileReply> offer(SendFileRequest request) {
      tickets.incrementAndGet();
      if (request.offset() >= changedFrom) {
        return Future.succeededFuture(new SendFileReply.Changed());
      }
      String ticket = HexFormat.of().formatHex(new byte[14]) + "%04x".formatted(tickets.get());
      offered.put(ticket, request);
      return Future.succeededFuture(
          new SendFileReply.Ticket("127.0.0.1", server.actualPort(), ticket));
    }

    private void accept(NetSocket socket, Sending how) {
      connections.incrementAndGet();
      connectionsMade.incrementAndGet();
      socket.closeHandler(_ -> connections.decrementAndGet());
      socket.handler(line -> {
        SendFileRequest request = offered.remove(line.toString().strip());
        assertThat(request).isNotNull();
        int from = (int) (request.offset() % SIZE);
        int length = (int) Math.min(request.length(), SIZE - from);
        how.send(socket, Buffer.buffer(content).slice(from, from + length));
      });
    }

    private ServiceEndpoint serve() {
      return endpoint
          .serve(FileContract.LIST, (list, _) -> Future.succeededFuture(listed(list)))
          .serve(FileContract.OPEN, (open, _) -> Future.succeededFuture(found(open.path())))
          .serveHere(FileContract.READ, (read, _) -> read(read));
    }

    /** Every folder has one file. */
    private ListFilesReply listed(ListFilesRequest request) {
      return new ListFilesReply(
          List.of(info(request.prefix() + "distant.bin")),
          null,
          request.folder() ? List.of() : null);
    }

    private FileInfo info(String path) {
      return new FileInfo(path, size, 0, "\"tag\"", "application/octet-stream", null);
    }

    private OpenFileReply found(String path) {
      if (gone) {
        return new OpenFileReply.Missing();
      }
      return new OpenFileReply.Found(info(path), node, null, null, 1_000);
    }

    private Future<ReadFileReply> read(ReadFileRequest request) {
      if (request.offset() == 0) {
        begins.incrementAndGet();
      }
      int now = atOnce.incrementAndGet();
      mostAtOnce.accumulateAndGet(now, Math::max);
      Promise<ReadFileReply> promise = Promise.promise();
      Runnable answer =
          () -> {
            atOnce.decrementAndGet();
            promise.complete(reply(request));
          };
      if (reverse) {
        waiting.push(answer);
      } else {
        waiting.add(answer);
      }
      // Late enough for others to come first.
      answerLater();
      return promise.future();
    }

    private void answerLater() {
      vertx.setTimer(
          5,
          _ -> {
            if (held) {
              answerLater();
            } else {
              waiting.pop().run();
            }
          });
    }

    private ReadFileReply reply(ReadFileRequest request) {
      if (changes.getAndUpdate(left -> Math.max(0, left - 1)) > 0
          || request.offset() >= changedFrom) {
        return new ReadFileReply.Changed();
      }
      bytesRead.addAndGet(request.length());
      byte[] piece = new byte[request.length()];
      int from = (int) (request.offset() % SIZE);
      System.arraycopy(content, from, piece, 0, Math.min(piece.length, SIZE - from));
      return new ReadFileReply.Chunk(new Binary(piece));
    }

    @Override
    public Future<?> stop() {
      return endpoint.drain();
    }
  }
}
