package dev.signalbox.gateway.files;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.file.FileMain;
import dev.signalbox.gateway.GatewayFixture;
import dev.signalbox.gateway.GatewayFixture.Reply;
import dev.signalbox.testsupport.FileTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Uploads with digests (RFC 9530); the body is the example of its appendix B.1. */
class UploadDigestTest {

  private static final String BODY = "{\"hello\": \"world\"}\n";
  private static final String SHA_256 = "RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=";
  private static final String SHA_512 =
      "YMAam51Jz/jOATT6/zvHrLVgOYTGFy1d6GJiOHTohq4yP+pgk4vf2aCsyRZOtw8MjkM7iw7yZ/WkppmM44T3qg==";

  @TempDir static Path root;
  private static GatewayFixture gateway;

  @BeforeAll
  static void start() {
    gateway = GatewayFixture.start(List.of(FileMain.SERVICE), "file.root", root.toString());
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  @BeforeEach
  void empty() throws IOException {
    for (Path file : FileTree.files(root)) {
      Files.deleteIfExists(file);
    }
  }

  /** All files, hidden ones too, but the lock of the service. */
  private static List<Path> stored() {
    return FileTree.files(root).stream().filter(file -> !file.endsWith(".signalbox-lock")).toList();
  }

  private static Reply put(String header, String value) {
    return gateway.send("main", "PUT", "/api/v1/files/a.json", BODY, header, value);
  }

  private static String filled(String value) {
    return value.replace("$256", ":" + SHA_256 + ":").replace("$512", ":" + SHA_512 + ":");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Content-Digest|sha-256=$256",
        "Content-Digest|sha-512=$512",
        "Repr-Digest|sha-256=$256, sha-512=$512",
        "Repr-Digest|sha-256=$256;a=1",
        "Content-Digest|md5=:AAAA:, sha-256=$256, unixsum=:x",
        "Content-Digest|crc32c=:AAAAAA==:",
        "Content-Digest|sha-256=:AK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:, sha-256=$256",
        "Content-Digest|''"
      })
  void givenADigest_whenItMatchesOrIsUnknown_thenTheFileIsStored(String header, String value) {
    assertThat(put(header, filled(value)).status()).isEqualTo(201);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Content-Digest|sha-256=:AK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:|DIGEST_MISMATCH",
        "Repr-Digest|sha-512=$512, sha-256=:AK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:"
            + "|DIGEST_MISMATCH",
        "Content-Digest|sha-512=$256|MALFORMED",
        "Content-Digest|sha-256|MALFORMED",
        "Content-Digest|sha-256=|MALFORMED",
        "Content-Digest|sha-256=::|MALFORMED",
        "Content-Digest|sha-256=:?:|MALFORMED",
        "Content-Digest|sha-256=abc|MALFORMED"
      })
  void givenADigest_whenItDoesNotMatch_thenNothingIsStored(
      String header, String value, String code) {
    Reply reply = put(header, filled(value));

    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.json().get("code").asText()).isEqualTo(code);
    Awaitility.await().untilAsserted(() -> assertThat(stored()).isEmpty());
  }

  @Test
  void givenADigestOfAnotherBody_whenPostedAsFormOrText_thenNothingIsStored() {
    String digest = "sha-256=:" + SHA_256 + ":";
    String form =
        "--b\r\nContent-Disposition: form-data; name=a; filename=a\r\n\r\n" + BODY + "\r\n--b--";

    assertThat(
            gateway.send("main", "POST", "/upload", BODY + "x", "Content-Digest", digest).status())
        .isEqualTo(400);
    assertThat(
            gateway
                .send(
                    "main",
                    "POST",
                    "/upload",
                    form,
                    "Content-Type",
                    "multipart/form-data; boundary=b",
                    "Content-Digest",
                    digest)
                .status())
        .isEqualTo(400);
    Awaitility.await().untilAsserted(() -> assertThat(stored()).isEmpty());
  }
}
