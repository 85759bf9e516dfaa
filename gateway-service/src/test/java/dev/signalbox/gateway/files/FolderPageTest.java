package dev.signalbox.gateway.files;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.file.FileMain;
import dev.signalbox.gateway.GatewayFixture;
import dev.signalbox.gateway.GatewayFixture.Reply;
import dev.signalbox.gateway.RawClient;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Folders as pages. */
class FolderPageTest {

  private static final Pattern ROW = Pattern.compile("<a href=\"(\\./[^\"]+)\"><bdi>([^<]*)</bdi>");

  @TempDir static Path directory;
  private static Path root;
  private static GatewayFixture gateway;

  @BeforeAll
  static void start() throws IOException {
    root = Files.createDirectory(directory.resolve("root"));
    write("manual/guide.txt", "x".repeat(1_234));
    write("manual/sub/inside.txt", "inside");
    write("manual/.hidden", "hidden");
    write("with-index/index.html", "<h1>index</h1>");
    Files.createDirectory(root.resolve("empty"));
    Files.createDirectories(root.resolve("example.org/deep"));
    Files.createSymbolicLink(root.resolve("manual/out"), directory);
    gateway =
        GatewayFixture.start(
            List.of(FileMain.SERVICE),
            "file.root",
            root.toString(),
            "file.cache-valid",
            "0s",
            "files.listing",
            "true");
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  private static void write(String name, String content) throws IOException {
    Path file = root.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, content);
  }

  private static Reply get(String path, String... headers) {
    return gateway.send("main", "GET", path, null, headers);
  }

  private static List<String> group(String page, int group) {
    List<String> all = new ArrayList<>();
    Matcher row = ROW.matcher(page);
    while (row.find()) {
      all.add(row.group(group).replace("&#39;", "'").replace("&amp;", "&"));
    }
    return all;
  }

  @Test
  void givenAFolder_whenGot_thenItsPageListsFoldersAndThenFilesWithoutHiddenOnes() {
    Reply reply = get("/manual/");

    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.header("Content-Type")).isEqualTo("text/html; charset=utf-8");
    assertThat(group(reply.body(), 1)).containsExactly("./sub/", "./guide.txt");
    assertThat(reply.body()).contains(">1.23 kB<").contains("href=\"../\">Parent");
  }

  @Test
  void givenTheRoot_whenGot_thenItHasNoParent() {
    assertThat(get("/").body()).contains("href=\"../\" hidden");
  }

  @Test
  void givenAFolder_whenItsHeadIsAsked_thenItHasTheHeadersOfThePageAndNoScriptMayRun() {
    Reply reply = gateway.send("main", "HEAD", "/manual/", null);

    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.header("Content-Length")).isNotEqualTo("0");
    assertThat(reply.header("Content-Security-Policy"))
        .startsWith("default-src 'none'; style-src 'self';")
        .doesNotContain("script-src", "unsafe");
  }

  @Test
  void givenAFolderWithAnIndex_whenGot_thenItIsItsIndex() {
    assertThat(get("/with-index/").body()).isEqualTo("<h1>index</h1>");
  }

  @ParameterizedTest
  @CsvSource({
    "/manual, /manual/",
    "/manual?a=b, /manual/?a=b",
    "/with-index, /with-index/",
    "//example.org, /example.org/",
    "//example.org//deep, /example.org/deep/"
  })
  void givenAFolderWithoutItsSlash_whenGot_thenItRedirectsToThisHost(String path, String target) {
    try (RawClient client = gateway.raw()) {
      RawClient.Response response = client.get(path);

      assertThat(response.status()).isEqualTo(301);
      assertThat(response.header("Location")).isEqualTo(target);
    }
  }

  @Test
  void givenAnEmptyFolder_whenGot_thenThePageSaysSo() {
    assertThat(get("/empty/").body()).contains("This folder is empty.");
  }

  @ParameterizedTest
  @CsvSource({
    "/none/, 404",
    "/none, 404",
    "/manual/guide.txt/, 404",
    "/manual/out/, 403",
    "/.x/, 403"
  })
  void givenNoFolder_whenGot_thenItIsAnError(String path, int status) {
    assertThat(get(path).status()).isEqualTo(status);
  }

  @Test
  void givenTheApi_whenAFolderIsGot_thenThereIsNoPage() {
    assertThat(get("/api/v1/files/manual/").status()).isEqualTo(404);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "🚂 поезд",
        "קובץ",
        "\u202egnp.exe",
        "<script>alert(1)<",
        "\"' onload=x",
        "a&amp;b",
        "javascript:alert(1)",
        "a?b#c",
        "100%",
        "%41",
        "a b",
        "a;b+c=d",
        "new\nline"
      })
  void givenAnyName_whenListed_thenItIsTextAndItsLinkLeadsToIt(String name) throws IOException {
    assertNameIsListed(name.getBytes(UTF_8));
  }

  @Test
  void givenANameThatIsNotUtf8_whenListed_thenItsLinkLeadsToItAllTheSame() throws IOException {
    assertThat(assertNameIsListed(HexFormat.of().parseHex("63616666e9"))).isEqualTo("caff\ufffd");
  }

  /** Returns the name that a reader sees, as HTML. */
  private static String assertNameIsListed(byte[] name) throws IOException {
    String hex = HexFormat.of().withUpperCase().withPrefix("%").formatHex(name);
    String folder = "names" + HexFormat.of().formatHex(name);
    Files.createDirectory(root.resolve(folder));
    Files.writeString(Path.of(URI.create(root.toUri() + folder + "/" + hex)), "content");

    String page = get("/" + folder + "/").body();

    assertThat(group(page, 1)).hasSize(1);
    URI link = URI.create("/" + folder + "/").resolve(group(page, 1).getFirst());
    assertThat(get(link.toString()).body()).isEqualTo("content");
    assertThat(page).doesNotContain("<script", "\u202e");
    return group(page, 2).getFirst();
  }

  @Test
  void givenMoreThanAPage_whenItsLinksAreFollowed_thenEveryEntryComesOnce() throws IOException {
    Path many = Files.createDirectory(root.resolve("many"));
    for (int i = 0; i < 1_500; i++) {
      Files.createFile(many.resolve("f&%d+ %d".formatted(i, i)));
      if (i < 1_200) {
        Files.createDirectory(many.resolve("d&%d+ %d".formatted(i, i)));
      }
    }
    List<String> links = new ArrayList<>();
    Pattern next = Pattern.compile("<a href=\"([^\"]+)\">Next page");
    URI at = URI.create("/many/");

    for (int pages = 0; pages < 3; pages++) {
      String page = get(at.toString()).body();
      assertThat(group(page, 1)).hasSizeLessThanOrEqualTo(1_000);
      links.addAll(group(page, 1));
      Matcher link = next.matcher(page);
      assertThat(link.find()).isEqualTo(pages < 2);
      if (pages < 2) {
        at = at.resolve(link.group(1));
      }
    }

    assertThat(links).hasSize(2_700).doesNotHaveDuplicates();
    assertThat(links.subList(0, 1_200)).allMatch(link -> link.endsWith("/"));
  }

  @Test
  void givenNoListing_whenAFolderIsGot_thenItIsNotFound() {
    try (GatewayFixture plain =
        GatewayFixture.start(List.of(FileMain.SERVICE), "file.root", root.toString())) {
      assertThat(plain.get("/manual/").status()).isEqualTo(404);
      assertThat(plain.get("/manual").status()).isEqualTo(404);
      assertThat(plain.get("/manual/?zip").status()).isEqualTo(404);
      assertThat(plain.get("/with-index").status()).isEqualTo(200);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0 B",
    "999, 999 B",
    "1000, 1.00 kB",
    "9994, 9.99 kB",
    "9996, 10.0 kB",
    "123456, 123 kB",
    "999499, 999 kB",
    "999500, 1.00 MB",
    "9223372036854775807, 9.22 EB"
  })
  void givenASize_whenShown_thenItHasThreeDigitsAndAUnit(long bytes, String text) {
    assertThat(FolderPages.size(bytes)).isEqualTo(text);
  }
}
