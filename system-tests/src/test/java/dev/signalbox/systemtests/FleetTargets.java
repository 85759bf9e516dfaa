package dev.signalbox.systemtests;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/**
 * A resolver and a web server at the hub. Their answers follow from the questions, so that an
 * answer that belongs to another question is found out.
 */
final class FleetTargets implements AutoCloseable {

  private static final Duration SLOW = Duration.ofMillis(200);

  private final DatagramSocket dns;
  private final HttpServer web;

  private FleetTargets(DatagramSocket dns, HttpServer web) {
    this.dns = dns;
    this.web = web;
  }

  static FleetTargets start(String hub) {
    try {
      DatagramSocket dns = new DatagramSocket(new InetSocketAddress(hub, 5353));
      HttpServer web = HttpServer.create(new InetSocketAddress(hub, 8000), 1_000);
      web.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
      web.createContext("/page/", FleetTargets::page);
      web.createContext(
          "/slow/",
          exchange -> {
            LockSupport.parkNanos(SLOW.toNanos());
            page(exchange);
          });
      web.start();
      Thread.ofPlatform().daemon().name("dns-target").start(() -> serve(dns));
      return new FleetTargets(dns, web);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void page(HttpExchange exchange) throws IOException {
    byte[] body = body(exchange.getRequestURI().getPath()).getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "text/plain");
    exchange.sendResponseHeaders(200, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  /** What the web server answers on a path. */
  static String body(String path) {
    return "this is " + path;
  }

  /** The name with a number. */
  static String name(int number) {
    return "n" + number % 65_536 + ".load.test";
  }

  /** The address of {@link #name}. */
  static String address(int number) {
    return "192.0." + number % 65_536 / 256 + "." + number % 256;
  }

  private static void serve(DatagramSocket dns) {
    byte[] buffer = new byte[4_096];
    while (!dns.isClosed()) {
      try {
        DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
        dns.receive(packet);
        byte[] answer =
            answer(new Message(java.nio.ByteBuffer.wrap(buffer, 0, packet.getLength())));
        dns.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
      } catch (IOException | RuntimeException closedOrNoQuestion) {
        // The next one, unless the socket is closed.
      }
    }
  }

  private static byte[] answer(Message query) throws IOException {
    Record question = query.getQuestion();
    Message answer = new Message(query.getHeader().getID());
    answer.getHeader().setFlag(Flags.QR);
    answer.getHeader().setFlag(Flags.RA);
    answer.getHeader().setFlag(Flags.RD);
    answer.addRecord(question, Section.QUESTION);
    Name name = question.getName();
    String label = name.getLabelString(0).substring(1);
    if (question.getType() == Type.A && label.matches("\\d{1,5}")) {
      InetAddress address = InetAddress.ofLiteral(address(Integer.parseInt(label)));
      answer.addRecord(new ARecord(name, DClass.IN, 1, address), Section.ANSWER);
    }
    return answer.toWire();
  }

  @Override
  public void close() {
    dns.close();
    web.stop(0);
  }
}
