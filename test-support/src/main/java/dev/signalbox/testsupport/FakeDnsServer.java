package dev.signalbox.testsupport;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import javax.net.ServerSocketFactory;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.EDNSOption;
import org.xbill.DNS.Message;

/**
 * A DNS server on a loopback port of its own, over UDP and TCP, that answers from the records it is
 * given and misbehaves as scripted.
 *
 * <pre>{@code
 * try (FakeDnsServer dns = FakeDnsServer.start()) {
 *   dns.record("www.example.test. 60 IN A 192.0.2.1");
 *   dns.script("www.example.test", DnsBehaviour.drop(), DnsBehaviour.answer());
 *   …
 * }
 * }</pre>
 */
public final class FakeDnsServer implements AutoCloseable {

  private static final int BIND_ATTEMPTS = 20;
  private static final int LARGEST_DATAGRAM = 65_535;
  private static final ThreadFactory THREADS = Thread.ofVirtual().name("fake-dns-", 0).factory();

  private final DatagramSocket udp;
  private final ServerSocket tcp;
  private final DnsZone zone = new DnsZone();
  private final Map<String, Deque<DnsBehaviour>> scripts = new ConcurrentHashMap<>();
  private final List<ReceivedQuery> queries = new CopyOnWriteArrayList<>();
  private final Set<Socket> connections = ConcurrentHashMap.newKeySet();
  private final ScheduledExecutorService later =
      Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().factory());
  private volatile DnsBehaviour otherwise = DnsBehaviour.answer();

  private FakeDnsServer(DatagramSocket udp, ServerSocket tcp) {
    this.udp = udp;
    this.tcp = tcp;
    THREADS.newThread(this::serveUdp).start();
    THREADS.newThread(this::acceptTcp).start();
  }

  /** Starts a server at 127.0.0.1. */
  public static FakeDnsServer start() {
    return start(InetAddress.ofLiteral("127.0.0.1"), ServerSocketFactory.getDefault());
  }

  /** Starts a server whose TCP side speaks TLS, as {@code tls://} resolvers do. */
  public static FakeDnsServer startTls(TestCertificate certificate) {
    return start(
        InetAddress.ofLiteral("127.0.0.1"), certificate.context().getServerSocketFactory());
  }

  /**
   * Starts servers at 127.0.0.1, 127.0.0.2 and so on, all at the same port, as the servers of zones
   * that refer to each other are.
   */
  public static List<FakeDnsServer> startSeveral(int count) {
    for (int attempt = 1; ; attempt++) {
      List<FakeDnsServer> servers = new ArrayList<>();
      servers.add(start());
      try {
        for (int i = 2; i <= count; i++) {
          InetAddress address = InetAddress.ofLiteral("127.0.0." + i);
          servers.add(start(address, servers.getFirst().port()));
        }
        return servers;
      } catch (IOException taken) {
        servers.forEach(FakeDnsServer::close);
        if (attempt == BIND_ATTEMPTS) {
          throw new UncheckedIOException(taken);
        }
      }
    }
  }

  private static FakeDnsServer start(InetAddress address, int port) throws IOException {
    ServerSocket tcp = new ServerSocket(port, 50, address);
    try {
      return new FakeDnsServer(new DatagramSocket(new InetSocketAddress(address, port)), tcp);
    } catch (BindException taken) {
      tcp.close();
      throw taken;
    }
  }

  private static FakeDnsServer start(InetAddress address, ServerSocketFactory sockets) {
    try {
      for (int attempt = 1; ; attempt++) {
        ServerSocket tcp = sockets.createServerSocket(0, 50, address);
        try {
          DatagramSocket udp =
              new DatagramSocket(new InetSocketAddress(address, tcp.getLocalPort()));
          return new FakeDnsServer(udp, tcp);
        } catch (BindException taken) {
          // Free for TCP, taken for UDP: another number.
          tcp.close();
          if (attempt == BIND_ATTEMPTS) {
            throw taken;
          }
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Where it listens, the same number for UDP and TCP. */
  public int port() {
    return udp.getLocalPort();
  }

  /** {@code address:port}, as tasks and configuration take a resolver. */
  public String resolver() {
    return udp.getLocalAddress().getHostAddress() + ":" + port();
  }

  /** Adds a record in master file notation, such as {@code a.test. 60 IN A 192.0.2.1}. */
  public FakeDnsServer record(String line) {
    zone.add(line);
    return this;
  }

  /** Sends EDNS options with every answer to a query that has EDNS. */
  public FakeDnsServer edns(EDNSOption... options) {
    zone.edns(options);
    return this;
  }

  /**
   * What happens to the queries for a name, in the order they come; the last behaviour stays. The
   * name is compared without regard to case and final dot.
   */
  public FakeDnsServer script(String name, DnsBehaviour... behaviours) {
    if (behaviours.length == 0) {
      throw new IllegalArgumentException("at least one behaviour is needed");
    }
    scripts.put(key(name), new ArrayDeque<>(Arrays.asList(behaviours)));
    return this;
  }

  /** What happens to queries without a script; at first, they are answered. */
  public FakeDnsServer otherwise(DnsBehaviour behaviour) {
    otherwise = behaviour;
    return this;
  }

  /** Every query so far, in the order of arrival. */
  public List<ReceivedQuery> queries() {
    return List.copyOf(queries);
  }

  /** The queries for a name, without regard to case and final dot. */
  public List<ReceivedQuery> queries(String name) {
    return queries.stream().filter(query -> key(query.name()).equals(key(name))).toList();
  }

  /** TCP connections open now. */
  public int connections() {
    return connections.size();
  }

  private void serveUdp() {
    byte[] buffer = new byte[LARGEST_DATAGRAM];
    while (!udp.isClosed()) {
      DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
      try {
        udp.receive(packet);
        byte[] wire = Arrays.copyOf(buffer, packet.getLength());
        InetSocketAddress client = (InetSocketAddress) packet.getSocketAddress();
        handle(wire, client, new DnsExchange.UdpChannel(udp, client));
      } catch (SocketException _) {
        // A client that is gone, or close(): the loop's condition tells which.
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private void acceptTcp() {
    while (!tcp.isClosed()) {
      try {
        Socket connection = tcp.accept();
        connections.add(connection);
        THREADS.newThread(() -> serveTcp(connection)).start();
      } catch (IOException _) {
        // A client that is gone, or close(): the loop's condition tells which.
      }
    }
  }

  private void serveTcp(Socket connection) {
    try (connection) {
      DataInputStream in = new DataInputStream(connection.getInputStream());
      InetSocketAddress client = (InetSocketAddress) connection.getRemoteSocketAddress();
      while (true) {
        byte[] wire = new byte[in.readUnsignedShort()];
        in.readFully(wire);
        handle(wire, client, new DnsExchange.TcpChannel(connection));
      }
    } catch (EOFException | SocketException _) {
      // The client, a script or close() ended it.
    } catch (IOException _) {
      // A TLS client that does not like the certificate.
    } finally {
      connections.remove(connection);
    }
  }

  private void handle(byte[] wire, InetSocketAddress client, DnsExchange.Channel channel)
      throws IOException {
    Message query;
    try {
      query = new Message(wire);
    } catch (IOException _) {
      return;
    }
    if (query.getQuestion() == null) {
      return;
    }
    ReceivedQuery received = ReceivedQuery.of(query, client.getPort(), channel.tcp());
    queries.add(received);
    next(received.name()).respond(new DnsExchange(query, wire, zone, channel, later));
  }

  private DnsBehaviour next(String name) {
    @Nullable Deque<DnsBehaviour> script = scripts.get(key(name));
    if (script == null) {
      return otherwise;
    }
    synchronized (script) {
      return script.size() > 1 ? script.removeFirst() : script.getFirst();
    }
  }

  private static String key(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return lower.endsWith(".") ? lower : lower + ".";
  }

  @Override
  public void close() {
    later.shutdownNow();
    udp.close();
    try {
      tcp.close();
      for (Socket connection : connections) {
        connection.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
