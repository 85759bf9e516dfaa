package dev.signalbox.systemtests;

import dev.signalbox.testsupport.FakeDnsServer;
import dev.signalbox.testsupport.FakeHttpServer;
import dev.signalbox.testsupport.HttpAnswer;

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

  private static final FakeHttpServer WEB =
      FakeHttpServer.start(HttpAnswer.of(200, PAGE, "Content-Type: text/html"));

  private Surroundings() {}

  /** The resolver as a setting. */
  static String resolver() {
    return DNS.resolver();
  }

  /** Port of the web server on 127.0.0.1. */
  static int webPort() {
    return WEB.port();
  }
}
