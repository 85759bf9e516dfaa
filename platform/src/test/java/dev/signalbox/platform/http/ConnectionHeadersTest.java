package dev.signalbox.platform.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.MultiMap;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConnectionHeadersTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Connection",
        "Keep-Alive",
        "Proxy-Connection",
        "TE",
        "Trailer",
        "Transfer-Encoding",
        "Upgrade",
        "HTTP2-Settings"
      })
  void givenAHeaderOfTheConnection_whenThoseAreRemoved_thenAllOfItsLinesAre(String name) {
    MultiMap headers = MultiMap.caseInsensitiveMultiMap().add("X-Other", "1");
    headers.add(name, "a").add(name, "b");

    ConnectionHeaders.removeFrom(headers);

    assertThat(headers.names()).containsExactly("X-Other");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          x-own                  | x-other
          X-OWN , close          | x-other
          close,,x-own           | x-other
          close;x-own,x-other    | x-own
          keep-alive             | x-own, x-other
          ,                      | x-own, x-other
          """)
  void givenConnection_whenItNamesHeaders_thenThoseAreRemovedToo(String options, String left) {
    MultiMap headers =
        MultiMap.caseInsensitiveMultiMap()
            .add("Connection", options)
            .add("X-Own", "1")
            .add("X-Other", "2");

    ConnectionHeaders.removeFrom(headers);

    assertThat(headers.names())
        .usingElementComparator(String::compareToIgnoreCase)
        .containsExactlyInAnyOrderElementsOf(Arrays.asList(left.split(", ")));
  }

  @Test
  void givenSomeLinesOfConnection_whenTheirNamesAreAsked_thenThoseOfEachAreThere() {
    MultiMap headers =
        MultiMap.caseInsensitiveMultiMap().add("Connection", "x-a").add("connection", "X-B");

    assertThat(ConnectionHeaders.namesIn(headers))
        .contains("x-a", "x-b")
        .containsAll(ConnectionHeaders.NAMES);
  }
}
