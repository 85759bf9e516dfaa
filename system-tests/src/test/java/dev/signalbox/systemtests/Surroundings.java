package dev.signalbox.systemtests;

import com.sun.net.httpserver.HttpServer;
import dev.signalbox.testsupport.FakeDnsServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;

/** The world outside the system: a resolver and a web server of this machine. */
final class Surroundings {

  /** What the name of the documents resolves to here. */
  static final String EXAMPLE_COM = "192.0.2.80";

  /** What the web server's only page holds. */
  static final String PAGE = "<h1>Example Domain</h1>";

  private static final FakeDnsServer DNS =
      FakeDnsServer.start()
          .record("example.com. 300 IN A " + EXAMPLE_COM)
          .record("example.com. 300 IN AAAA 2001:db8::80")
          .record("example.com. 300 IN MX 10 mail.example.com.")
          .record("example.com. 300 IN TXT \"v=spf1 -all\"")
          .record("www.example.com. 300 IN CNAME example.com.");

  /** At a port that begins with 80, which the documents' client takes for plain HTTP. */
  private static final HttpServer WEB = web();

  private Surroundings() {}

  /** The resolver as a setting. */
  static String resolver() {
    return DNS.resolver();
  }

  /** Port of the web server on 127.0.0.1. */
  static int webPort() {
    return WEB.getAddress().getPort();
  }

  private static HttpServer web() {
    byte[] page = PAGE.getBytes(StandardCharsets.UTF_8);
    for (int port = 8010; port < 8100; port++) {
      try {
        HttpServer server =
            HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 100);
        server.createContext(
            "/",
            exchange -> {
              exchange.getResponseHeaders().set("Content-Type", "text/html");
              exchange.sendResponseHeaders(200, page.length);
              exchange.getResponseBody().write(page);
              exchange.close();
            });
        server.start();
        return server;
      } catch (BindException taken) {
        // Perhaps the next one is free.
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    throw new IllegalStateException("no port from 8010 to 8099 is free");
  }
}
