package dev.signalbox.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.gateway.GatewayFixture.Reply;
import dev.signalbox.gateway.access.TokensWatch;
import dev.signalbox.platform.token.TokenEntry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** The file of tokens, while the gateway runs. */
class TokensFileReloadTest {

  private static final String ALICE = "alice-token-0123456789";
  private static final String BOB = "bob-token-0123456789";
  private static final String OLD = "old-token-0123456789";
  private static final String PLAIN = "plain-token-0123456789";
  private static final String SERVICES = "/api/v1/services";

  @TempDir Path directory;

  private final ListAppender<ILoggingEvent> log = new ListAppender<>();
  private Path file;
  private GatewayFixture gateway;

  private static String line(String name, String token, String expires, int perMinute) {
    return TokenEntry.of(
                name,
                "operator",
                token,
                expires.isEmpty() ? null : Instant.parse(expires),
                perMinute)
            .line()
        + "\n";
  }

  @BeforeEach
  void start() throws IOException {
    file = directory.resolve("tokens");
    Files.writeString(
        file,
        "# tokens\r\nreader:"
            + PLAIN
            + "\r\n"
            + line("alice", ALICE, "2999-01-31T00:00:00Z", 600)
            + line("old", OLD, "2020-01-31T00:00:00Z", 0));
    log.start();
    logger().addAppender(log);
    gateway = GatewayFixture.start("gateway.tokens-file", file.toString());
  }

  @AfterEach
  void stop() {
    gateway.close();
    logger().detachAppender(log);
  }

  private static Logger logger() {
    return (Logger) LoggerFactory.getLogger(TokensWatch.class);
  }

  private Reply get(String path, String token) {
    return gateway.send("main", "GET", path, null, "Authorization", "Bearer " + token);
  }

  /** As an editor that replaces a file does it: nobody sees a half of it. */
  private void replace(String text) throws IOException {
    Path other = Files.writeString(directory.resolve("new"), text);
    Files.move(other, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  private void awaitStatus(String token, int status) {
    await().atMost(40, TimeUnit.SECONDS).until(() -> get(SERVICES, token).status() == status);
  }

  private long warnings() {
    return log.list.stream().filter(event -> event.getLevel() == Level.WARN).count();
  }

  @Test
  void givenTokensOfBothForms_whenCalled_thenTheyAreKnown() {
    assertThat(get(SERVICES, PLAIN).status()).isEqualTo(200);
    assertThat(get(SERVICES, ALICE).status()).isEqualTo(200);
    assertThat(get(SERVICES, BOB).status()).isEqualTo(401);
  }

  @Test
  void givenAnExpiredToken_whenCalled_thenThe401SaysSo() {
    Reply reply = get(SERVICES, OLD);

    assertThat(reply.status()).isEqualTo(401);
    assertThat(reply.json().path("code").asText()).isEqualTo("UNAUTHENTICATED");
    assertThat(reply.json().path("detail").asText())
        .isEqualTo("The token has expired at 2020-01-31T00:00:00Z");
    assertThat(reply.header("www-authenticate")).contains("error=\"invalid_token\"");
    assertThat(get("/health/live", OLD).status()).isEqualTo(200);
  }

  @Test
  void givenANamedToken_whenAskedWhoItIs_thenNameEndAndLimitAreTold() {
    JsonNode who = get("/api/v1/whoami", ALICE).json();

    assertThat(who.path("role").asText()).isEqualTo("operator");
    assertThat(who.path("token").toString())
        .isEqualTo(
            "{\"name\":\"alice\",\"expires_at\":\"2999-01-31T00:00:00.000Z\",\"expired\":false,"
                + "\"requests_per_minute\":600,\"tasks_per_day\":null,\"tasks_left\":null,"
                + "\"servers_at_once\":null}");
  }

  @Test
  void givenAnExpiredAPlainAndNoToken_whenAskedWhoTheyAre_thenTheAnswerTellsThemApart() {
    JsonNode old = get("/api/v1/whoami", OLD).json();

    assertThat(old.path("role").isNull()).isTrue();
    assertThat(old.path("may")).isEmpty();
    assertThat(old.path("token").path("expired").asBoolean()).isTrue();
    assertThat(get("/api/v1/whoami", PLAIN).json().path("token").toString())
        .isEqualTo(
            "{\"name\":null,\"expires_at\":null,\"expired\":false,\"requests_per_minute\":null,"
                + "\"tasks_per_day\":null,\"tasks_left\":null,\"servers_at_once\":null}");
    assertThat(gateway.get("/api/v1/whoami").json().path("token").isNull()).isTrue();
  }

  @Test
  void givenTheFileIsReplaced_whenItsTokensCall_thenNewOnesAreKnownAndRemovedOnesAreNot()
      throws IOException {
    replace(line("bob", BOB, "", 0));

    awaitStatus(BOB, 200);
    assertThat(get(SERVICES, ALICE).status()).isEqualTo(401);
    assertThat(get(SERVICES, PLAIN).status()).isEqualTo(401);
  }

  @Test
  void givenTheLastTokenIsRemoved_whenCalled_thenNobodyIsLetIn() throws IOException {
    replace("# none\n");

    awaitStatus(ALICE, 401);
    assertThat(gateway.get(SERVICES).status()).isEqualTo(401);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"name=bob role=chief", "bob-token-0123456789", "name=b\u0000b", "a=\uFEFFb"})
  void givenAFileWithAnError_whenReloaded_thenTheOldTokensStayAndOneWarningHasNoSecret(String bad)
      throws IOException {
    replace(line("alice", ALICE, "", 0) + bad + "\n");
    await().atMost(40, TimeUnit.SECONDS).until(() -> warnings() > 0);

    assertThat(get(SERVICES, PLAIN).status()).isEqualTo(200);
    // A later change is seen after the same look was repeated: it has said nothing more.
    replace(line("bob", BOB, "", 0));
    awaitStatus(BOB, 200);
    assertThat(warnings()).isEqualTo(1);
    assertThat(log.list)
        .extracting(ILoggingEvent::getFormattedMessage)
        .anySatisfy(text -> assertThat(text).contains(file.toString(), "line 2: "))
        .noneSatisfy(text -> assertThat(text).containsAnyOf(ALICE, BOB, "chief"));
  }

  @Test
  void givenTheFileIsGone_whenCalled_thenTheOldTokensStayUntilItIsBack() throws IOException {
    Files.delete(file);
    await().atMost(40, TimeUnit.SECONDS).until(() -> warnings() > 0);
    assertThat(get(SERVICES, ALICE).status()).isEqualTo(200);

    Files.createDirectory(file);
    await().atMost(40, TimeUnit.SECONDS).until(() -> warnings() > 1);
    assertThat(get(SERVICES, ALICE).status()).isEqualTo(200);

    Files.delete(file);
    replace(line("bob", BOB, "", 0));
    awaitStatus(BOB, 200);
  }

  @Test
  void givenAFileWithAnError_whenStarted_thenTheStartFailsAndNamesFileLineAndRule()
      throws IOException {
    Path bad = Files.writeString(directory.resolve("bad"), "\nname=a role=chief sha256=" + BOB);

    assertThatThrownBy(() -> GatewayFixture.start("gateway.tokens-file", bad.toString()))
        .hasMessageContaining("gateway.tokens-file")
        .hasMessageContaining(bad + ": line 2: role must be one of")
        .message()
        .doesNotContain(BOB);
  }

  @Test
  void givenADirectory_whenStarted_thenTheStartFails() {
    assertThatThrownBy(() -> GatewayFixture.start("gateway.tokens-file", directory.toString()))
        .hasMessageContaining("must be a regular file");
  }

  @Test
  void givenAFileWithoutTokens_whenStarted_thenNobodyIsLetIn() throws IOException {
    Path empty = Files.writeString(directory.resolve("empty"), "# later\n");

    try (GatewayFixture other = GatewayFixture.start("gateway.tokens-file", empty.toString())) {
      assertThat(other.get(SERVICES).status()).isEqualTo(401);
      assertThat(other.get("/health/live").status()).isEqualTo(200);
    }
  }
}
