package dev.signalbox.gateway.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.gateway.client.TrustedProxies.Field;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.RequestOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whom the gateway takes for the client, by what a proxy at 127.0.0.1 says. */
class TrustedProxiesTest {

  private static final List<String> TRUSTED = List.of("127.0.0.1", "10.0.0.0/8", "2001:db8:1::/48");

  private static final BlockingQueue<ClientAddress> SEEN = new LinkedBlockingQueue<>();
  private static volatile TrustedProxies proxies = TrustedProxies.NONE;
  private static Vertx vertx;
  private static HttpServer server;
  private static HttpClient client;

  @BeforeAll
  static void start() throws Exception {
    vertx = Vertx.vertx();
    server =
        vertx
            .createHttpServer(new HttpServerOptions().setMaxHeaderSize(65_536))
            .requestHandler(request -> {
              SEEN.add(proxies.clientOf(request, true));
              request.response().end();
            })
            .listen(0, "127.0.0.1")
            .await(10, TimeUnit.SECONDS);
    client = vertx.createHttpClient();
  }

  @AfterAll
  static void stop() throws Exception {
    vertx.close().await(10, TimeUnit.SECONDS);
  }

  /** Who sent a request with these fields: name, value, name, value. */
  private static ClientAddress client(TrustedProxies trusted, String... fields) {
    proxies = trusted;
    try {
      client
          .request(
              new RequestOptions()
                  .setMethod(HttpMethod.GET)
                  .setHost("127.0.0.1")
                  .setPort(server.actualPort()))
          .compose(request -> {
            for (int i = 0; i < fields.length; i += 2) {
              request.headers().add(fields[i], fields[i + 1]);
            }
            return request.send();
          })
          .await(10, TimeUnit.SECONDS);
      return SEEN.poll(10, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static TrustedProxies trusted(Field field) {
    return TrustedProxies.of(TRUSTED, field);
  }

  private static ClientAddress by(Field field, String value) {
    return client(
        trusted(field), field == Field.FORWARDED ? "Forwarded" : "X-Forwarded-For", value);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "203.0.113.9 | 203.0.113.9 | 0",
        "203.0.113.9:4711 | 203.0.113.9 | 4711",
        "[2001:db8::9] | 2001:db8:0:0:0:0:0:9 | 0",
        "[2001:db8::9]:4711 | 2001:db8:0:0:0:0:0:9 | 4711",
        "2001:db8::9 | 2001:db8:0:0:0:0:0:9 | 0",
        "::ffff:203.0.113.9 | 203.0.113.9 | 0",
        "198.51.100.1, 203.0.113.9 | 203.0.113.9 | 0",
        "not an address, 203.0.113.9 | 203.0.113.9 | 0",
        "203.0.113.9, 10.1.2.3, 2001:db8:1::5 | 203.0.113.9 | 0",
        "127.0.0.1, 203.0.113.9, 10.1.2.3 | 203.0.113.9 | 0",
        "10.9.9.9, 10.1.2.3 | 10.9.9.9 | 0",
        "203.0.113.9, , 10.1.2.3, | 203.0.113.9 | 0",
        "unknown, 10.1.2.3 | 10.1.2.3 | 0",
        "203.0.113.9, _hidden, 10.1.2.3 | 10.1.2.3 | 0"
      })
  void givenXForwardedFor_whenReadFromTheRight_thenTheFirstThatIsNotTrustedIsTheClient(
      String value, String host, int port) {
    ClientAddress found = by(Field.X_FORWARDED_FOR, value);

    assertThat(found.problem()).isNull();
    assertThat(found.host()).isEqualTo(host);
    assertThat(found.port()).isEqualTo(port);
    assertThat(found.proxy()).startsWith("127.0.0.1:");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "for=203.0.113.9 | 203.0.113.9 | 0 | false |",
        "For=203.0.113.9; Proto=HTTPS;by=10.0.0.1 | 203.0.113.9 | 0 | true |",
        "for=\"203.0.113.9:4711\";host=site.example | 203.0.113.9 | 4711 | false | site.example",
        "for=\"[2001:db8::9]:_x\";host=\"site.example:8443\" | 2001:db8:0:0:0:0:0:9 | 0 | false |"
            + " site.example:8443",
        "for=198.51.100.1;proto=https, for=203.0.113.9 | 203.0.113.9 | 0 | false |",
        "for=203.0.113.9;proto=https, for=10.1.2.3;proto=http | 203.0.113.9 | 0 | true |",
        "for=\"2\\03.0.113.9\" | 203.0.113.9 | 0 | false |",
        "for=203.0.113.9, for=unknown, for=10.1.2.3 | 10.1.2.3 | 0 | false |",
        "for=203.0.113.9, proto=https | 127.0.0.1 | -1 | true |"
      })
  void givenForwarded_whenReadFromTheRight_thenTheFirstThatIsNotTrustedIsTheClient(
      String value, String host, int port, boolean secure, String authority) {
    ClientAddress found = by(Field.FORWARDED, value);

    assertThat(found.problem()).isNull();
    assertThat(found.host()).isEqualTo(host);
    if (port >= 0) {
      assertThat(found.port()).isEqualTo(port);
    }
    assertThat(found.secure()).isEqualTo(secure);
    assertThat(found.authority()).isEqualTo(authority);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "localhost",
        "203.0.113.9, 10.0.0.300",
        "0x7f000001",
        "203.0.113.9:70000",
        "203.0.113.9:x",
        "[203.0.113.9]",
        "[2001:db8::9",
        "[2001:db8::9]x",
        "fe80::1%eth0",
        "203.0.113.9 10.0.0.1"
      })
  void givenAnXForwardedForThatIsMalformedWhereItIsRead_whenRead_thenTheProblemNamesIt(
      String value) {
    ClientAddress found = by(Field.X_FORWARDED_FOR, value);

    assertThat(found.problem()).isEqualTo("X-Forwarded-For has an entry that is not an IP address");
    assertThat(found.host()).isEqualTo("127.0.0.1");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "for=\", for=203.0.113.9",
        "for=\"203.0.113.9",
        "for=203.0.113.9 for=10.0.0.1",
        "for=203.0.113.9;for=10.0.0.1",
        "for",
        "for=",
        "=203.0.113.9",
        "for = 203.0.113.9",
        "for=203.0.113.9;proto=gopher",
        "for=localhost"
      })
  void givenAMalformedForwarded_whenRead_thenTheProblemNamesIt(String value) {
    ClientAddress found = by(Field.FORWARDED, value);

    assertThat(found.problem()).startsWith("Forwarded ");
    assertThat(found.host()).isEqualTo("127.0.0.1");
    assertThat(found.authority()).isNull();
  }

  @Test
  void givenSeveralLines_whenRead_thenTheyAreOneList() {
    assertThat(
            client(
                    trusted(Field.X_FORWARDED_FOR),
                    "X-Forwarded-For",
                    "198.51.100.1, 203.0.113.9",
                    "X-Forwarded-For",
                    "10.1.2.3")
                .host())
        .isEqualTo("203.0.113.9");
  }

  @Test
  void givenMoreEntriesOrCharactersThanAllowed_whenRead_thenThatIsTheProblem() {
    assertThat(by(Field.X_FORWARDED_FOR, "10.0.0.1,".repeat(64)).problem()).isNull();
    assertThat(by(Field.X_FORWARDED_FOR, "10.0.0.1,".repeat(65)).problem())
        .isEqualTo("X-Forwarded-For must have at most 64 entries");
    assertThat(by(Field.FORWARDED, "for=10.0.0.1,".repeat(65)).problem())
        .isEqualTo("Forwarded must have at most 64 entries");
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      lines.add("X-Forwarded-For");
      lines.add(" ,".repeat(2_050) + "10.0.0.1");
    }
    assertThat(client(trusted(Field.X_FORWARDED_FOR), lines.toArray(String[]::new)).problem())
        .isEqualTo("X-Forwarded-For must have at most 8192 characters");
  }

  @Test
  void givenTheFieldThatIsNotConfigured_whenAClientWritesIt_thenItMeansNothing() {
    assertThat(
            client(
                    trusted(Field.X_FORWARDED_FOR),
                    "X-Forwarded-For",
                    "203.0.113.9",
                    "Forwarded",
                    "for=198.51.100.1;proto=https;host=other")
                .text())
        .isEqualTo("203.0.113.9");
    assertThat(
            client(
                trusted(Field.FORWARDED),
                "Forwarded",
                "for=203.0.113.9",
                "X-Forwarded-For",
                "198.51.100.1",
                "X-Forwarded-Proto",
                "https",
                "X-Forwarded-Host",
                "other"))
        .satisfies(found -> {
          assertThat(found.host()).isEqualTo("203.0.113.9");
          assertThat(found.secure()).isFalse();
          assertThat(found.authority()).isNull();
        });
  }

  @Test
  void givenAPeerThatIsNotTrusted_whenItSendsTheFields_thenTheyMeanNothing() {
    for (TrustedProxies others :
        List.of(
            TrustedProxies.NONE, TrustedProxies.of(List.of("10.0.0.0/8"), Field.X_FORWARDED_FOR))) {
      ClientAddress found =
          client(
              others,
              "X-Forwarded-For",
              "203.0.113.9",
              "X-Forwarded-Proto",
              "https",
              "X-Forwarded-Host",
              "other");

      assertThat(found.text()).startsWith("127.0.0.1:");
      assertThat(found.proxied()).isFalse();
      assertThat(found.secure()).isFalse();
      assertThat(found.authority()).isNull();
      assertThat(found.problem()).isNull();
    }
  }

  @Test
  void givenSchemeAndHostOfTheNearestProxy_whenRead_thenTheyAreTheClients() {
    ClientAddress found =
        client(
            trusted(Field.X_FORWARDED_FOR),
            "X-Forwarded-Proto",
            "http, https",
            "X-Forwarded-Host",
            "forged.example, site.example");

    assertThat(found.host()).isEqualTo("127.0.0.1");
    assertThat(found.secure()).isTrue();
    assertThat(found.authority()).isEqualTo("site.example");
    assertThat(client(trusted(Field.X_FORWARDED_FOR), "X-Forwarded-Proto", "gopher").problem())
        .isEqualTo("X-Forwarded-Proto must have http or https");
  }

  @ParameterizedTest
  @ValueSource(strings = {"10.0.0.1/8", "localhost", "10.0.0.0/33", "", "::ffff:10.0.0.1"})
  void givenABlockThatIsNone_whenConfigured_thenItIsRefused(String block) {
    List<String> blocks = List.of(block);

    assertThatThrownBy(() -> TrustedProxies.of(blocks, Field.FORWARDED))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
