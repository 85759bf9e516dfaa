package dev.signalbox.gateway.files;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.file.FileMain;
import dev.signalbox.gateway.GatewayFixture;
import dev.signalbox.gateway.GatewayFixture.Reply;
import dev.signalbox.gateway.RawClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Conditional and range requests for one file of a hundred bytes (RFC 9110 sections 13 and 14). */
class ConditionsTest {

  private static final String BEFORE = "Tue, 14 Nov 2023 22:13:19 GMT";
  private static final String SAME = "Tue, 14 Nov 2023 22:13:20 GMT";

  @TempDir static Path directory;
  private static GatewayFixture gateway;
  private static String etag;

  @BeforeAll
  static void start() throws IOException {
    Path file = Files.writeString(directory.resolve("hundred.txt"), "0123456789".repeat(10));
    Files.setLastModifiedTime(file, FileTime.from(Instant.ofEpochMilli(1_700_000_000_500L)));
    gateway = GatewayFixture.start(List.of(FileMain.SERVICE), "file.root", directory.toString());
    etag = send("GET", List.of()).header("ETag");
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  private static Reply send(String method, List<String> headers) {
    return gateway.send("main", method, "/hundred.txt", null, headers.toArray(String[]::new));
  }

  /** The values of a header; an empty one leaves it out. */
  private record Header(String name, List<String> values) {}

  private static Header header(String name, String... values) {
    return new Header(name, Arrays.asList(values));
  }

  /** What section 13.2.2 demands of a combination, step by step. */
  private static int expected(
      String method,
      String match,
      String unmodified,
      String none,
      String modified,
      String range,
      String ifRange) {
    boolean get = method.equals("GET");
    if (!match.isEmpty()) {
      if (!match.equals(etag)) {
        return 412;
      }
    } else if (unmodified.equals(BEFORE)) {
      return 412;
    }
    if (!none.isEmpty()) {
      if (!none.equals("\"other\"")) {
        return 304;
      }
    } else if (modified.equals(SAME)) {
      return 304;
    }
    boolean applies = ifRange.isEmpty() || ifRange.equals(etag) || ifRange.equals(SAME);
    if (!get || range.isEmpty() || !applies) {
      return 200;
    }
    return range.equals("bytes=0-9") ? 206 : 416;
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET", "HEAD"})
  void givenAnyCombination_whenSent_thenTheStepsOfTheRfcDecide(String method) {
    List<Header> headers =
        List.of(
            header("If-Match", "", etag, "\"other\""),
            header("If-Unmodified-Since", "", BEFORE, SAME),
            header("If-None-Match", "", etag, "W/" + etag, "\"other\"", "*"),
            header("If-Modified-Since", "", BEFORE, SAME),
            header("Range", "", "bytes=0-9", "bytes=100-"),
            header("If-Range", "", etag, "W/" + etag, SAME, BEFORE));
    int combinations = headers.stream().mapToInt(h -> h.values.size()).reduce(1, (a, b) -> a * b);
    List<String> wrong = new ArrayList<>();
    for (int n = 0; n < combinations; n++) {
      List<String> sent = new ArrayList<>();
      List<String> values = new ArrayList<>();
      int rest = n;
      for (Header header : headers) {
        String value = header.values.get(rest % header.values.size());
        rest /= header.values.size();
        values.add(value);
        if (!value.isEmpty()) {
          sent.addAll(List.of(header.name, value));
        }
      }
      int expected =
          expected(
              method,
              values.get(0),
              values.get(1),
              values.get(2),
              values.get(3),
              values.get(4),
              values.get(5));
      Reply reply = send(method, sent);
      if (reply.status() != expected) {
        wrong.add(sent + ": " + reply.status() + " instead of " + expected);
      }
    }
    assertThat(wrong).isEmpty();
  }

  /** Dates in the two obsolete forms too (section 5.6.7); what is no date is ignored. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "If-Modified-Since   | Tuesday, 14-Nov-23 22:13:20 GMT | 304",
        "If-Modified-Since   | Tue Nov 14 22:13:20 2023        | 304",
        "If-Modified-Since   | Tue, 14 Nov 2093 22:13:20 GMT   | 304",
        "If-Modified-Since   | 1700000000                      | 200",
        "If-Modified-Since   | Tue, 14 Nov 2023                | 200",
        "If-Unmodified-Since | Tuesday, 14-Nov-23 22:13:19 GMT | 412",
        "If-Unmodified-Since | Tue Nov 14 22:13:19 2023        | 412",
        "If-Unmodified-Since | 1700000000                      | 200",
        "If-Match            | *                               | 200",
        "If-Match            | other                           | 412",
        "If-None-Match       | other                           | 200",
        "If-Range            | other                           | 200",
      })
  void givenAValueInAnotherForm_whenSent_thenItIsReadOrIgnored(
      String name, String value, int status) {
    assertThat(send("GET", List.of(name, value)).status()).isEqualTo(status);
  }

  /** Lines of one list are one list (section 5.3), whatever line has the tag. */
  @ParameterizedTest
  @CsvSource({"If-None-Match,304", "If-Match,200"})
  void givenAListInSeveralLines_whenOneNamesTheTag_thenItIsNamed(String name, int status) {
    try (RawClient client = gateway.raw()) {
      client.send(
          "GET /hundred.txt HTTP/1.1\r\n$HOST\r\n%1$s: \"x\", \"y\"\r\n%1$s: %2$s\r\n%1$s: \"z\"\r\n\r\n"
              .formatted(name, etag));

      assertThat(client.readHead().status()).isEqualTo(status);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "bytes=0-0           | 206 | bytes 0-0/100",
        "bytes=99-           | 206 | bytes 99-99/100",
        "bytes=-1            | 206 | bytes 99-99/100",
        "bytes=-1000         | 206 | bytes 0-99/100",
        "bytes=0-            | 206 | bytes 0-99/100",
        "bytes=0-99999999999999999999 | 206 | bytes 0-99/100",
        "Bytes=1-2           | 206 | bytes 1-2/100",
        "bytes=1-2,100-      | 206 | bytes 1-2/100",
        "bytes=,1-2          | 206 | bytes 1-2/100",
        "lines=1-2           | 200 | ",
        "bytes 1-2           | 200 | ",
        "bytes=100-200,-0    | 416 | bytes */100",
        "bytes=2-1           | 416 | bytes */100",
        "bytes=one-two       | 416 | bytes */100",
        "bytes=              | 416 | bytes */100",
      })
  void givenARange_whenGot_thenItIsSentIgnoredOrRefused(String range, int status, String part) {
    Reply reply = send("GET", List.of("Range", range));

    assertThat(reply.status()).isEqualTo(status);
    assertThat(reply.header("Content-Range")).isEqualTo(part == null ? "" : part);
    if (status == 200) {
      assertThat(reply.body()).hasSize(100);
    }
  }

  @Test
  void givenA304_whenCompared_thenItHasTheCachingHeadersOfThe200AndNoOthers() {
    Reply whole = send("GET", List.of("Accept-Encoding", "gzip"));
    Reply none = send("GET", List.of("Accept-Encoding", "gzip", "If-None-Match", etag));

    assertThat(none.status()).isEqualTo(304);
    for (String name : List.of("ETag", "Last-Modified", "Cache-Control", "Vary")) {
      assertThat(none.header(name)).isNotEmpty().isEqualTo(whole.header(name));
    }
    for (String name : List.of("Content-Type", "Content-Range", "Content-Disposition")) {
      assertThat(none.header(name)).isEmpty();
    }
  }

  @Test
  void givenNoFile_whenAConditionIsSent_thenItIsMissingAllTheSame() {
    for (String name : List.of("If-Match", "If-None-Match")) {
      assertThat(gateway.send("main", "GET", "/nothing", null, name, "*").status()).isEqualTo(404);
    }
  }
}
