package dev.signalbox.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.signalbox.testsupport.TestPrograms;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code .ci/known-holes} beside a database of holes on loopback. */
class KnownHolesTest {

  private static final String BILL =
      """
      {"components":[
        {"purl":"pkg:maven/dev.signalbox/cli@1?type=jar"},
        {"purl":"pkg:maven/a/one@1?type=jar"},
        {"purl":"pkg:maven/b/two@2?type=jar&classifier=x"}]}
      """;

  private final List<String> asked = new CopyOnWriteArrayList<>();
  private volatile String answer = "{\"results\":[{},{}]}";

  @TempDir Path directory;
  private HttpServer database;

  @BeforeEach
  void start() throws IOException {
    List.of("bash", "curl", "jq").forEach(TestPrograms::require);
    database = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    database.createContext(
        "/v1/querybatch",
        exchange -> {
          asked.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
          byte[] body = answer.getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    database.start();
  }

  @AfterEach
  void stop() {
    if (database != null) {
      database.stop(0);
    }
  }

  private Manifests.Outcome check(String bill, String... variables) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                "env",
                "OSV_URL=http://127.0.0.1:" + database.getAddress().getPort(),
                "ACCEPTED_HOLES=" + directory.resolve("accepted")));
    command.addAll(List.of(variables));
    command.add(Repository.ROOT.resolve(".ci/known-holes").toString());
    command.add(Files.writeString(directory.resolve("bill.json"), bill).toString());
    return Manifests.run(command);
  }

  @Test
  void givenNoHole_whenChecked_thenItEndsWell() throws IOException {
    Manifests.Outcome outcome = check(BILL);

    assertThat(outcome.exitCode()).as(outcome.errors()).isZero();
    assertThat(outcome.output()).contains("no known hole in 2 libraries");
    assertThat(asked)
        .singleElement()
        .asString()
        .contains("pkg:maven/a/one@1\"", "pkg:maven/b/two@2\"")
        .doesNotContain("signalbox");
  }

  @Test
  void givenAHole_whenChecked_thenItIsNamedWithItsLibrary() throws IOException {
    answer = "{\"results\":[{},{\"vulns\":[{\"id\":\"GHSA-1\"}]}]}";

    Manifests.Outcome outcome = check(BILL);

    assertThat(outcome.exitCode()).isEqualTo(1);
    assertThat(outcome.output()).contains("GHSA-1  pkg:maven/b/two@2");
  }

  @Test
  void givenAnAcceptedHole_whenChecked_thenTheOthersCount() throws IOException {
    Files.writeString(directory.resolve("accepted"), "GHSA-1 the class is never loaded\n");
    answer = "{\"results\":[{\"vulns\":[{\"id\":\"GHSA-1\"},{\"id\":\"GHSA-12\"}]},{}]}";

    Manifests.Outcome outcome = check(BILL);

    assertThat(outcome.exitCode()).isEqualTo(1);
    assertThat(outcome.output()).contains("GHSA-12 ").doesNotContain("GHSA-1 ");
  }

  @Test
  void givenFewerAnswersThanQuestions_whenChecked_thenNothingIsProved() throws IOException {
    answer = "{\"results\":[{}]}";

    assertThat(check(BILL).exitCode()).isEqualTo(2);
  }

  @Test
  void givenABillWithoutLibraries_whenChecked_thenNothingIsProved() throws IOException {
    assertThat(check("{\"components\":[]}").exitCode()).isEqualTo(2);
    assertThat(asked).isEmpty();
  }

  @Test
  void givenNoDatabase_whenChecked_thenItSaysSoAndFailsWhereItMustNotSkip() throws IOException {
    // Nothing listens at port 1 of loopback.
    Manifests.Outcome skipped = check(BILL, "OSV_URL=http://127.0.0.1:1", "SIGNALBOX_REQUIRE_ALL=");
    Manifests.Outcome required =
        check(BILL, "OSV_URL=http://127.0.0.1:1", "SIGNALBOX_REQUIRE_ALL=1");

    assertThat(skipped.exitCode()).isZero();
    assertThat(skipped.errors()).contains("NOT CHECKED");
    assertThat(required.exitCode()).isEqualTo(2);
  }
}
