package dev.signalbox.gateway.files;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.file.FileMain;
import dev.signalbox.gateway.GatewayFixture;
import dev.signalbox.gateway.GatewayFixture.Reply;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Names in any script and of any bytes, each through PUT, GET, listing and DELETE. */
class FileNamesTest {

  private static final String API = "/api/v1/files";

  @TempDir static Path directory;
  private static GatewayFixture gateway;

  @BeforeAll
  static void start() {
    gateway =
        GatewayFixture.start(
            List.of(FileMain.SERVICE), "file.root", directory.toString(), "file.cache-valid", "0s");
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  private static Reply send(String method, String path, String body) {
    return gateway.send("main", method, path, body);
  }

  /** Every byte percent-encoded. */
  private static String encoded(byte[] name) {
    return HexFormat.of().withUpperCase().withPrefix("%").formatHex(name);
  }

  private static Path onDisk(String path) {
    return Path.of(URI.create(directory.toUri() + path.substring(1)));
  }

  /** By a PUT, or on the disk when the name has control characters, which a PUT may not give. */
  private static void store(String path, String content) {
    int status = send("PUT", API + path, content).status();
    if (!path.matches(".*%([01][0-9A-F]|7F).*")) {
      assertThat(status).isEqualTo(201);
      return;
    }
    assertThat(status).isEqualTo(400);
    try {
      Files.createDirectories(onDisk(path).getParent());
      Files.writeString(onDisk(path), content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** All bytes that a name can hold: no NUL and no slash. */
  private static byte[] allBytes() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int b = 1; b <= 255; b++) {
      if (b != '/') {
        bytes.write(b);
      }
    }
    return bytes.toByteArray();
  }

  static List<String> names() {
    List<byte[]> names = new ArrayList<>();
    names.add(allBytes());
    for (String name :
        List.of(
            "🚂 поезд",
            "קובץ",
            "ملف.txt",
            "e\u0301",
            "\u00e9",
            "日本語",
            "\ufffd",
            "\u202egnp.exe",
            "100%",
            "%41",
            "%zz",
            "%2f",
            "a?b",
            "a#b",
            "a;b",
            "a+b",
            "a b",
            " ",
            "a\\b",
            "\\",
            "\\\\",
            "C:\\x",
            "a&b<c>'\"",
            "~",
            "-rf",
            "line\nbreak")) {
      names.add(name.getBytes(UTF_8));
    }
    for (String bytes :
        List.of(
            "caf\u00e9",
            "\u0083\\",
            "\u00c0",
            "\u00c1\u009c",
            "\u00ff\u00fe",
            "\u00ed\u00a0\u0080",
            "\u00f5\u0080\u0080\u0080",
            "\u00c3",
            "00\u00ff")) {
      names.add(bytes.getBytes(ISO_8859_1));
    }
    return names.stream().map(HexFormat.of()::formatHex).toList();
  }

  @ParameterizedTest
  @MethodSource("names")
  void givenAName_whenPutGotListedAndDeleted_thenItIsThatFile(String hex) {
    String path = "/names/" + encoded(HexFormat.of().parseHex(hex));

    store(path, hex);
    assertThat(onDisk(path)).hasContent(hex);
    assertThat(send("GET", path, null).body()).isEqualTo(hex);
    Reply listing = send("GET", API + "?prefix=names/", null);
    assertThat(listing.json().get("items")).hasSize(1);
    String href = listing.json().get("items").get(0).get("href").asText();
    assertThat(send("GET", href, null).body()).isEqualTo(hex);
    assertThat(send("DELETE", href, null).status()).isEqualTo(204);
    assertThat(send("GET", path, null).status()).isEqualTo(404);
  }

  @Test
  void givenEveryByteInANameOfItsOwn_whenPaged_thenEveryNameComesOnceAndWorks() {
    List<String> paths = new ArrayList<>();
    for (byte b : allBytes()) {
      String path = "/bytes/" + encoded(new byte[] {'n', b, 'x'});
      store(path, path);
      paths.add(path);
    }

    List<String> bodies = new ArrayList<>();
    String after = "";
    while (after != null) {
      var page = send("GET", API + "?prefix=/bytes/&limit=100" + after, null).json();
      page.get("items")
          .forEach(item -> {
            String href = item.get("href").asText();
            bodies.add(send("GET", href, null).body());
            assertThat(send("DELETE", href, null).status()).isEqualTo(204);
          });
      after =
          page.get("next").isNull()
              ? null
              : "&after=" + encoded(page.get("next").asText().getBytes(UTF_8));
    }
    assertThat(bodies).containsExactlyInAnyOrderElementsOf(paths);
    assertThat(directory.resolve("bytes")).doesNotExist();
  }

  @Test
  void givenADirectoryThatIsNotUtf8_whenUsed_thenItIsAnyDirectory() {
    String path = "/%FF%E9/deep/a.txt";

    assertThat(send("PUT", API + path, "x").status()).isEqualTo(201);
    var items = send("GET", API + "?prefix=%FF%E9/", null).json().get("items");
    assertThat(items.findValuesAsText("href")).containsExactly(API + path);
    assertThat(items.findValuesAsText("path")).containsExactly("/\ufffd\ufffd/deep/a.txt");
    assertThat(send("DELETE", API + path, null).status()).isEqualTo(204);
    assertThat(onDisk("/%FF%E9")).doesNotExist();
  }

  @Test
  void givenANameThatIsNotUtf8_whenDownloaded_thenTheHeaderHasAReadableOne() throws Exception {
    Files.writeString(onDisk("/caf%E9.txt"), "x");

    assertThat(send("GET", "/caf%E9.txt", null).header("Content-Disposition"))
        .isEqualTo("attachment; filename=\"caf_.txt\"; filename*=UTF-8''caf%EF%BF%BD.txt");
    assertThat(send("DELETE", API + "/caf%E9.txt", null).status()).isEqualTo(204);
  }

  @Test
  void givenANameThatHidesADot_whenListed_thenItIsNotThereAsItCannotBeGot() throws Exception {
    Path folder = Files.createDirectory(directory.resolve("disguised"));
    for (String name : List.of("%2esecret", "a\\.b", "%252e%252e")) {
      Files.writeString(folder.resolve(name), "x");
      String path = "/disguised/" + encoded(name.getBytes(UTF_8));
      assertThat(send("GET", path, null).status()).isEqualTo(403);
    }

    assertThat(send("GET", API + "?prefix=/disguised/", null).json().get("items")).isEmpty();
  }
}
