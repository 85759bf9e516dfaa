package dev.signalbox.gateway.files;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.file.FileMain;
import dev.signalbox.gateway.GatewayFixture;
import dev.signalbox.gateway.GatewayFixture.Reply;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Folders in the API: a listing with a delimiter. */
class FolderListingTest {

  private static final String API = "/api/v1/files";

  @TempDir static Path directory;
  private static GatewayFixture gateway;

  @BeforeAll
  static void start() {
    gateway =
        GatewayFixture.start(
            List.of(FileMain.SERVICE), "file.root", directory.toString(), "file.cache-valid", "0s");
    for (String path :
        List.of(
            "/top.txt", "/a/one.txt", "/a/two.txt", "/a/b/deep.txt", "/%FF%E9/c%20d/x%25.txt")) {
      assertThat(gateway.send("main", "PUT", API + path, path).status()).isEqualTo(201);
    }
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  private static Reply list(String query) {
    return gateway.send("main", "GET", API + "?delimiter=/" + query, null);
  }

  @Test
  void givenTheRoot_whenListed_thenOnlyWhatIsDirectlyInItComes() {
    JsonNode page = list("").json();

    assertThat(page.get("folders").findValuesAsText("path"))
        .contains("/a/", "/\ufffd\ufffd/")
        .doesNotContain("/a/b/");
    assertThat(page.get("items").findValuesAsText("path")).containsExactly("/top.txt");
    assertThat(page.get("next").isNull()).isTrue();
  }

  @Test
  void givenAFolder_whenPagedOneByOne_thenFoldersComeBeforeFilesAndEachOnce() {
    List<String> paths = new ArrayList<>();
    String after = "";
    do {
      JsonNode page = list("&prefix=/a/&limit=1" + after).json();
      paths.addAll(page.get("folders").findValuesAsText("path"));
      paths.addAll(page.get("items").findValuesAsText("path"));
      after =
          page.get("next").isNull()
              ? ""
              : "&after=" + URLEncoder.encode(page.get("next").asText(), StandardCharsets.UTF_8);
    } while (!after.isEmpty());

    assertThat(paths).containsExactly("/a/b/", "/a/one.txt", "/a/two.txt");
  }

  @Test
  void givenAFolderWhoseNameIsNotUtf8_whenItsHrefIsFollowed_thenItsFolderIsListed() {
    JsonNode page = list("&prefix=/%FF%E9/").json();

    JsonNode folder = page.get("folders").get(0);
    assertThat(folder.get("href").asText()).isEqualTo(API + "/%FF%E9/c%20d/");
    assertThat(folder.get("modified_at").asText()).endsWith("Z");
    assertThat(list("&prefix=/%FF%E9/c%20d/").json().get("items").findValuesAsText("href"))
        .containsExactly(API + "/%FF%E9/c%20d/x%25.txt");
  }

  @ParameterizedTest
  @CsvSource({
    "&prefix=/none/, 404, ''",
    "&prefix=/a, 400, ?prefix",
    "&prefix=/../, 400, ''",
    "&limit=0, 400, ?limit"
  })
  void givenNoFolder_whenListed_thenTheErrorSaysWhy(String query, int status, String parameter) {
    Reply refused = list(query);

    assertThat(refused.status()).as(refused.body()).isEqualTo(status);
    assertThat(refused.body()).contains(parameter);
  }

  @Test
  void givenAnotherDelimiter_whenListed_thenItIsRefusedByName() {
    Reply refused = gateway.send("main", "GET", API + "?delimiter=.", null);

    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.body()).contains("?delimiter", "must be /");
  }
}
