package dev.signalbox.gateway.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.platform.trace.TraceContext;
import io.vertx.core.MultiMap;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProxyHeadersTest {

  private static final String PARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

  @Test
  void givenATrace_whenARequestIsPassedOn_thenItsContextReplacesTheClients() {
    MultiMap headers =
        MultiMap.caseInsensitiveMultiMap()
            .add("traceparent", "of the client")
            .add("tracestate", "a=1")
            .add("tracestate", "b=2");

    ProxyHeaders.setTrace(headers, TraceContext.received(PARENT, List.of("a=1", "b=2")));

    assertThat(headers.getAll("traceparent")).containsExactly(PARENT);
    assertThat(headers.getAll("tracestate")).containsExactly("a=1,b=2");
  }

  @Test
  void givenATraceWithoutState_whenARequestIsPassedOn_thenTheClientsStateIsDropped() {
    MultiMap headers = MultiMap.caseInsensitiveMultiMap().add("tracestate", "NOT A STATE");

    ProxyHeaders.setTrace(headers, TraceContext.received(PARENT, List.of()));

    assertThat(headers.contains("tracestate")).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "/, /servers/a/",
    "/x?y=/z, /servers/a/x?y=/z",
    "x, x",
    "../x, ../x",
    "//elsewhere/x, //elsewhere/x",
    "https://elsewhere/x, https://elsewhere/x",
    "http://gateway:8080/x, /servers/a/x",
    "https://GATEWAY:8080/x, /servers/a/x",
    "http://gateway:8080, /servers/a/",
    "http://gateway:8080?q, /servers/a/?q",
    "http://gateway:80800/x, http://gateway:80800/x",
    "http://gateway:8080.elsewhere/x, http://gateway:8080.elsewhere/x"
  })
  void givenALocation_whenItIsPassedOn_thenPathsOfTheServerGetThePrefix(
      String location, String passedOn) {
    assertThat(ProxyHeaders.location(location, "/servers/a", "gateway:8080")).isEqualTo(passedOn);
  }

  @ParameterizedTest
  @CsvSource({
    "a=b, a=b; Path=/servers/a/",
    "a=b; Path=/x; Secure, a=b; Secure; Path=/servers/a/x",
    "a=b; path=x, a=b; Path=/servers/a/",
    "a=b; Domain=gateway; HttpOnly, a=b; HttpOnly; Path=/servers/a/",
    "a=b; DOMAIN = gateway; Path = /x, a=b; Path=/servers/a/x",
    "a=b; Path; Domain, a=b; Path=/servers/a/",
    "a=b;;, a=b; Path=/servers/a/"
  })
  void givenACookie_whenItIsPassedOn_thenItIsForTheServerAlone(String cookie, String passedOn) {
    assertThat(ProxyHeaders.cookie(cookie, "/servers/a")).isEqualTo(passedOn);
  }

  @Test
  void givenHeadersOfOneConnection_whenAResponseIsPassedOn_thenTheyStay() {
    MultiMap headers =
        MultiMap.caseInsensitiveMultiMap()
            .add("Connection", "x-own, keep-alive")
            .add("X-Own", "1")
            .add("Keep-Alive", "timeout=5")
            .add("Upgrade", "h2c")
            .add("Strict-Transport-Security", "max-age=1")
            .add("X-Other", "2");

    ProxyHeaders.prepareResponse(headers, "/servers/a", null);

    assertThat(headers.names()).containsExactly("X-Other");
  }
}
