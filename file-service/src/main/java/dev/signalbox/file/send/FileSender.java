package dev.signalbox.file.send;

import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.contracts.file.HeldFile;
import dev.signalbox.contracts.file.SendFileReply;
import dev.signalbox.contracts.file.SendFileRequest;
import dev.signalbox.file.tree.DiskThreads;
import dev.signalbox.file.tree.OpenFiles;
import dev.signalbox.platform.service.MemberConnections;
import io.netty.channel.Channel;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.PromiseInternal;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.impl.VertxConnection;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Sends ranges of files over TCP connections, each to the client that sends the ticket made for it,
 * from the disk to the socket without a copy in this process (over TLS by chunks). A connection
 * stays open for the next ticket of its client. A file is held open with its ticket, so that what
 * is sent is the version asked for even if another file takes its place. Like any server with
 * sendfile it does not notice when a file is modified in place meanwhile; uploads never do that.
 * Belongs to one event loop.
 */
public final class FileSender {

  private static final int TICKET_BYTES = 16;

  /** Its hexadecimal digits and a line feed. */
  private static final int LINE_BYTES = 2 * TICKET_BYTES + 1;

  /**
   * Handed to the socket at once. What reaches the client is seen piece by piece; Vert.x sends more
   * than a mebibyte by pieces of its own, which would hide it.
   */
  private static final int PIECE_BYTES = 512 * 1024;

  private static final long CLOSE_MS = 1_000;

  private final Vertx vertx;
  private final ContextInternal context;
  private final OpenFiles files;
  private final DiskThreads disk;
  private final Limits limits;
  private final NetServer server;
  private final String host;
  private final SecureRandom random = new SecureRandom();
  private final Map<String, Range> tickets = new HashMap<>();
  private final Set<Connection> connections = new HashSet<>();

  /** Those that send nothing; the one that has done so for the longest time first. */
  private final Set<Connection> idle = new LinkedHashSet<>();

  private final Promise<Void> released = Promise.promise();
  private int open;
  private boolean closed;

  /**
   * What bounds it.
   *
   * @param files open at once, by tickets and by sends
   * @param connections at once
   * @param ticketValid a ticket not used for so long is void; a connection without one ends then
   * @param idle a connection ends when it has carried nothing for so long
   * @param stall a client that takes nothing for so long is cut off; whole seconds
   */
  public record Limits(
      int files, int connections, Duration ticketValid, Duration idle, Duration stall) {

    /** Of the service. Clients keep connections for a shorter time, so that they close first. */
    public static final Limits USUAL =
        new Limits(
            1_024, 1_536, Duration.ofSeconds(5), Duration.ofSeconds(20), Duration.ofSeconds(60));
  }

  /**
   * A sender that does not listen yet, for the calling event loop.
   *
   * @param host the address it will listen at
   */
  public FileSender(
      Vertx vertx,
      MemberConnections members,
      String host,
      OpenFiles files,
      DiskThreads disk,
      Limits limits) {
    this.vertx = vertx;
    this.context = (ContextInternal) vertx.getOrCreateContext();
    this.host = host;
    this.files = files;
    this.disk = disk;
    this.limits = limits;
    NetServerOptions options = new NetServerOptions().setTcpNoDelay(true);
    options.setWriteIdleTimeout((int) limits.stall().toSeconds());
    this.server = members.server(options).connectHandler(this::accept);
  }

  /** Listens; port 0 means any that is free. */
  public Future<Void> listen(int port) {
    return server.listen(port, host).mapEmpty();
  }

  /** Whether a file is open for a ticket or a send. */
  public boolean busy() {
    return open > 0;
  }

  /** Connections that have not ended. */
  int connections() {
    return connections.size();
  }

  /** Those of them that send nothing. */
  int idle() {
    return idle.size();
  }

  /** An open file and what of it is sent. */
  private final class Range {

    private final HeldFile file;
    private final long end;
    private long at;

    Range(HeldFile file, SendFileRequest request) {
      this.file = file;
      this.at = request.offset();
      this.end = request.offset() + request.length();
    }

    void release() {
      file.release();
      onReleased();
    }
  }

  private void onReleased() {
    open--;
    if (closed && open == 0) {
      released.tryComplete();
    }
  }

  /** Opens a file and makes the ticket for a range of it. */
  public Future<SendFileReply> ticket(SendFileRequest request) {
    if (open >= limits.files()) {
      return Future.failedFuture(
          new ServiceException(ErrorCode.OVERLOADED, open + " files are being sent already"));
    }
    open++;
    return disk.run(() -> files.retained(request))
        .onFailure(_ -> onReleased())
        .map(file -> {
          if (file.isEmpty()) {
            onReleased();
            return new SendFileReply.Changed();
          }
          Range range = new Range(file.get(), request);
          if (closed) {
            range.release();
            throw new ServiceException(ErrorCode.STOPPING, "file-service is stopping");
          }
          return new SendFileReply.Ticket(host, server.actualPort(), ticket(range));
        });
  }

  private String ticket(Range range) {
    byte[] secret = new byte[TICKET_BYTES];
    random.nextBytes(secret);
    String ticket = HexFormat.of().formatHex(secret);
    tickets.put(ticket, range);
    vertx.setTimer(
        limits.ticketValid().toMillis(),
        _ -> {
          if (tickets.remove(ticket, range)) {
            range.release();
          }
        });
    return ticket;
  }

  private void accept(NetSocket socket) {
    if (!closed && connections.size() >= limits.connections()) {
      idle.stream().findFirst().ifPresent(Connection::end);
    }
    if (closed || connections.size() >= limits.connections()) {
      end(socket);
      return;
    }
    new Connection(socket).open();
  }

  /** A connection, over which a client asks for one range after the other. */
  private final class Connection {

    private final NetSocket socket;
    private Buffer line = Buffer.buffer(LINE_BYTES);
    private long timer;
    private boolean sending;
    private boolean ended;

    Connection(NetSocket socket) {
      this.socket = socket;
    }

    void open() {
      connections.add(this);
      socket.exceptionHandler(_ -> {}); // A client that breaks off; its close follows.
      socket.closeHandler(_ -> onEnd());
      socket.handler(this::read);
      await(limits.ticketValid());
    }

    private void await(Duration patience) {
      timer = vertx.setTimer(patience.toMillis(), _ -> end());
    }

    private void read(Buffer data) {
      if (ended) {
        return;
      }
      if (line.length() + data.length() > LINE_BYTES) {
        end(); // A client says nothing but a ticket.
        return;
      }
      line.appendBuffer(data);
      idle.remove(this);
      if (!sending) {
        show();
      }
    }

    private void show() {
      if (line.length() < LINE_BYTES) {
        return;
      }
      vertx.cancelTimer(timer);
      Range range =
          line.getByte(LINE_BYTES - 1) == '\n'
              ? tickets.remove(line.getString(0, LINE_BYTES - 1))
              : null;
      if (range == null) {
        end();
        return;
      }
      line = Buffer.buffer(LINE_BYTES);
      sending = true;
      send(range);
    }

    private void send(Range range) {
      int length = (int) Math.min(PIECE_BYTES, range.end - range.at);
      if (ended || length == 0) {
        range.release();
        awaitNext();
        return;
      }
      PromiseInternal<Void> sent = context.promise();
      ((VertxConnection) socket).sendFile(range.file.channel(), range.at, length).addListener(sent);
      sent.future()
          .onSuccess(_ -> {
            range.at += length;
            send(range);
          })
          .onFailure(_ -> {
            range.release();
            end(); // The client left, or the file became shorter.
          });
    }

    private void awaitNext() {
      if (ended) {
        return;
      }
      sending = false;
      await(limits.idle());
      if (line.length() == 0) {
        idle.add(this);
      } else {
        show(); // The client was faster than the news that it has everything.
      }
    }

    void end() {
      if (!ended) {
        // Now, and not when its close is handled, for another may take its place at once.
        onEnd();
        FileSender.end(socket);
      }
    }

    private void onEnd() {
      ended = true;
      vertx.cancelTimer(timer);
      connections.remove(this);
      idle.remove(this);
    }
  }

  /** At once: the usual close waits until everything is sent, which may be never. */
  private static void end(NetSocket socket) {
    Channel channel = ((VertxConnection) socket).channel();
    channel.unsafe().close(channel.voidPromise());
  }

  /** Ends the transfers in flight, closes every file and stops listening. */
  public Future<Void> close() {
    closed = true;
    tickets.values().forEach(Range::release);
    tickets.clear();
    List.copyOf(connections).forEach(Connection::end);
    if (open == 0) {
      released.tryComplete();
    }
    return released.future().timeout(CLOSE_MS, TimeUnit.MILLISECONDS).eventually(server::close);
  }
}
