package dev.signalbox.platform.node;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.read.ListAppender;
import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.platform.json.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

class LoggingTest {

  private static final Pattern LEVEL_ROW =
      Pattern.compile(
          "(?m)^\\| `((?:com|io|org)\\.[A-Za-z.]+)` \\| `(off|error|warn|info|debug)` \\|");

  private final LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
  private final Logger requests = context.getLogger("signalbox.requests");
  private final ListAppender<ILoggingEvent> events = new ListAppender<>();

  @BeforeEach
  void listen() {
    events.start();
    requests.addAppender(events);
    requests.setAdditive(false);
  }

  @AfterEach
  void stopListening() {
    requests.detachAppender(events);
    requests.setAdditive(true);
  }

  /** Such as the gateway writes for each request. */
  private LoggingEventBuilder request() {
    return requests
        .atInfo()
        .addKeyValue("worker", "n-1/0")
        .addKeyValue("peer", "127.0.0.1:50000")
        .addKeyValue("method", "GET")
        .addKeyValue("path", "/a\"b\\c")
        .addKeyValue("status", 200)
        .addKeyValue("bytes", 12L)
        .addKeyValue("ms", 1.25)
        .addKeyValue("request_id", "r-1")
        .addKeyValue("trace_id", "5bf92f3577b34da6a3ce929d0e0e4736");
  }

  private String encoded(Encoder<ILoggingEvent> encoder) {
    assertThat(events.list).hasSize(1);
    return new String(encoder.encode(events.list.getFirst()), StandardCharsets.UTF_8);
  }

  @Test
  void givenJsonWhenAnEventHasPairsThenTheyAreTopLevelFieldsOfTheirTypes() throws IOException {
    request().log("request");

    String line = encoded(Logging.json(context));

    assertThat(line).endsWith("\n").containsOnlyOnce("\n");
    JsonNode fields = Json.mapper().readTree(line);
    assertThat(fields.path("logger_name").textValue()).isEqualTo("signalbox.requests");
    assertThat(fields.path("message").textValue()).isEqualTo("request");
    assertThat(fields.path("worker").textValue()).isEqualTo("n-1/0");
    assertThat(fields.path("peer").textValue()).isEqualTo("127.0.0.1:50000");
    assertThat(fields.path("method").textValue()).isEqualTo("GET");
    assertThat(fields.path("path").textValue()).isEqualTo("/a\"b\\c");
    assertThat(fields.path("status").isInt()).isTrue();
    assertThat(fields.path("bytes").isIntegralNumber()).isTrue();
    assertThat(fields.path("ms").isDouble()).isTrue();
    assertThat(fields.path("ms").doubleValue()).isEqualTo(1.25);
    assertThat(fields.path("request_id").textValue()).isEqualTo("r-1");
    assertThat(fields.path("trace_id").textValue()).isEqualTo("5bf92f3577b34da6a3ce929d0e0e4736");
  }

  @Test
  void givenTextWhenAnEventHasPairsThenTheyFollowTheMessageInTheirOrder() {
    request().log("request");

    assertThat(encoded(Logging.text(context, Logging.PATTERN)))
        .endsWith(
            " request worker=n-1/0 peer=127.0.0.1:50000 method=GET path=/a\"b\\c status=200"
                + " bytes=12 ms=1.25 request_id=r-1 trace_id=5bf92f3577b34da6a3ce929d0e0e4736\n");
  }

  @Test
  void givenTextWhenAnEventHasNoPairsThenTheLineEndsWithTheMessage() {
    requests.info("ready after {} ms", 12);

    assertThat(encoded(Logging.text(context, Logging.PATTERN))).endsWith(" ready after 12 ms\n");
  }

  @Test
  void givenTextWhenAnEventHasAnExceptionThenItFollowsOnLinesOfItsOwn() {
    requests.atWarn().setCause(new IllegalStateException("broken")).log("failed");

    assertThat(encoded(Logging.text(context, Logging.PATTERN)))
        .contains(" failed\njava.lang.IllegalStateException: broken\n");
  }

  @Test
  void givenTheLevelsOfLibraries_whenComparedWithThePageForOperators_thenItHasEach()
      throws IOException {
    LoggerContext configured = new LoggerContext();
    new Logging().configure(configured);
    Map<String, String> levels = new TreeMap<>();
    for (Logger logger : configured.getLoggerList()) {
      if (logger.getLevel() != null
          && !logger.getName().startsWith("signalbox.")
          && !logger.getName().equals(Logger.ROOT_LOGGER_NAME)) {
        levels.put(logger.getName(), logger.getLevel().toString().toLowerCase(Locale.ROOT));
      }
    }
    configured.stop();

    // Maven runs tests in the directory of the module.
    String page =
        Files.readString(Path.of("").toAbsolutePath().resolveSibling("docs/operations/monitor.md"));
    Map<String, String> written = new TreeMap<>();
    Matcher row = LEVEL_ROW.matcher(page);
    while (row.find()) {
      written.put(row.group(1), row.group(2));
    }

    assertThat(written).isEqualTo(levels);
  }
}
