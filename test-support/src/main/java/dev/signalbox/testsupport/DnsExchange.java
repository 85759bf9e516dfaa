package dev.signalbox.testsupport;

import java.io.DataOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.xbill.DNS.Message;
import org.xbill.DNS.OPTRecord;

/** A query and the ways to answer it. */
public final class DnsExchange {

  private static final int PLAIN_UDP_SIZE = 512;

  private final Message query;
  private final byte[] wire;
  private final DnsZone zone;
  private final Channel channel;
  private final ScheduledExecutorService later;

  DnsExchange(
      Message query, byte[] wire, DnsZone zone, Channel channel, ScheduledExecutorService later) {
    this.query = query;
    this.wire = wire;
    this.zone = zone;
    this.channel = channel;
    this.later = later;
  }

  /** The way back to a client. */
  sealed interface Channel {

    boolean tcp();

    void send(byte[] message) throws IOException;

    void close() throws IOException;
  }

  record UdpChannel(DatagramSocket socket, InetSocketAddress client) implements Channel {

    @Override
    public boolean tcp() {
      return false;
    }

    @Override
    public void send(byte[] message) throws IOException {
      socket.send(new DatagramPacket(message, message.length, client));
    }

    @Override
    public void close() {}
  }

  record TcpChannel(Socket connection) implements Channel {

    @Override
    public boolean tcp() {
      return true;
    }

    @Override
    public void send(byte[] message) throws IOException {
      // One write for each message: answers from several threads must not mix.
      byte[] frame = new byte[message.length + Short.BYTES];
      frame[0] = (byte) (message.length >> 8);
      frame[1] = (byte) message.length;
      System.arraycopy(message, 0, frame, Short.BYTES, message.length);
      synchronized (connection) {
        new DataOutputStream(connection.getOutputStream()).write(frame);
      }
    }

    @Override
    public void close() throws IOException {
      connection.close();
    }
  }

  /** The query. */
  public Message query() {
    return query;
  }

  /** The query as it came. */
  public byte[] wire() {
    return wire.clone();
  }

  /** Whether it came over TCP or TLS rather than UDP. */
  public boolean tcp() {
    return channel.tcp();
  }

  /** The right answer, to be changed at will. */
  public Message answer() {
    return zone.answer(query);
  }

  /** The right answer's frame: its header, question and OPT, without records. */
  public Message reply() {
    return zone.reply(query);
  }

  /** Sends a message, cut short when it is too long for the client's UDP. */
  public void send(Message message) throws IOException {
    OPTRecord opt = query.getOPT();
    int size = opt == null ? PLAIN_UDP_SIZE : Math.max(PLAIN_UDP_SIZE, opt.getPayloadSize());
    send(message.toWire(tcp() ? 65_535 : size));
  }

  /** Sends any bytes as a message. */
  public void send(byte[] message) throws IOException {
    channel.send(message);
  }

  /** Sends a message over UDP from a port that was not asked. */
  public void sendFromAnotherPort(Message message) throws IOException {
    if (channel instanceof UdpChannel(DatagramSocket asked, InetSocketAddress client)) {
      try (DatagramSocket other = new DatagramSocket(0, asked.getLocalAddress())) {
        byte[] bytes = message.toWire();
        other.send(new DatagramPacket(bytes, bytes.length, client));
      }
    }
  }

  /** The same from the same port of 127.0.0.2. */
  public void sendFromAnotherAddress(Message message) throws IOException {
    if (channel instanceof UdpChannel(DatagramSocket asked, InetSocketAddress client)) {
      InetAddress address = InetAddress.ofLiteral("127.0.0.2");
      try (DatagramSocket other =
          new DatagramSocket(new InetSocketAddress(address, asked.getLocalPort()))) {
        byte[] bytes = message.toWire();
        other.send(new DatagramPacket(bytes, bytes.length, client));
      }
    }
  }

  /** Sends bytes over TCP without a length before them; over UDP, nothing. */
  public void sendRaw(byte... bytes) throws IOException {
    if (channel instanceof TcpChannel(Socket connection)) {
      synchronized (connection) {
        connection.getOutputStream().write(bytes);
      }
    }
  }

  /** Ends the connection with a reset instead of an end. */
  public void reset() throws IOException {
    if (channel instanceof TcpChannel(Socket connection)) {
      connection.setSoLinger(true, 0);
      connection.close();
    }
  }

  /** Closes the connection, if there is one. */
  public void close() throws IOException {
    channel.close();
  }

  /** Responds after a while, without holding up other queries. */
  public void after(Duration delay, DnsBehaviour behaviour) {
    try {
      later.schedule(
          () -> {
            behaviour.respond(this);
            return true;
          },
          delay.toNanos(),
          TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException _) {
      // The server has been closed meanwhile.
    }
  }
}
