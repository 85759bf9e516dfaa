package dev.signalbox.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Ways out of the directory that is served, and hosts that are not this one. */
@ParameterizedClass
@EnumSource
class EscapeIT {

  private static final String SECRET = "nobody may read this";

  private final Deployment system;
  private final Site site;

  EscapeIT(Shape shape) {
    this.system = shape.shared();
    this.site = new Site(system);
  }

  private Reply raw(String request) {
    try (RawConnection connection = new RawConnection(system.doors().main())) {
      return connection.send(request).read();
    }
  }

  private Path secret() throws IOException {
    return Files.writeString(system.data().resolve("secret.txt"), SECRET);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/../secret.txt",
        "/uploads/../../secret.txt",
        "/%2e%2e/secret.txt",
        "/%2E%2E/secret.txt",
        "/.%2e/secret.txt",
        "/%2e./secret.txt",
        "/..%2fsecret.txt",
        "/%2e%2e%2fsecret.txt",
        "/%2e%2e%2Fsecret.txt",
        "/uploads/%2e%2e/%2e%2e/secret.txt",
        "/uploads%2f..%2f..%2fsecret.txt",
        "/..;/../secret.txt",
        "//../secret.txt",
        "/./../secret.txt",
        "/../files/../secret.txt"
      })
  void aPathOutOfTheDirectoryIsForbidden(String path) throws IOException {
    secret();

    Reply reply = raw("GET " + path + " HTTP/1.1\r\n$HOST\r\nConnection: close\r\n\r\n");

    assertThat(reply.status()).as(reply.toString()).isEqualTo(403);
    assertThat(reply.text()).doesNotContain(SECRET);
  }

  /** What a careless decoder would take for a way out; how it is refused may differ. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "/..\\secret.txt",
        "/..%5csecret.txt",
        "/%5c..%5csecret.txt",
        "/%252e%252e/secret.txt",
        "/%252e%252e%252fsecret.txt",
        "/%c0%ae%c0%ae/secret.txt",
        "/%c0%ae%c0%ae%c0%afsecret.txt",
        "/%e0%80%ae%e0%80%ae/secret.txt",
        "/%uff0e%uff0e/secret.txt",
        "/....//secret.txt",
        "/.../secret.txt",
        "/%2e%2e%00/secret.txt",
        "/secret.txt%00.html",
        "/%ef%bc%8e%ef%bc%8e/secret.txt",
        "/%2",
        "/%zz"
      })
  void nothingThatLooksLikeAWayOutIsOne(String path) throws IOException {
    secret();

    Reply reply = raw("GET " + path + " HTTP/1.1\r\n$HOST\r\nConnection: close\r\n\r\n");

    assertThat(reply.status()).as(reply.toString()).isIn(400, 403, 404);
    assertThat(reply.text()).doesNotContain(SECRET);
  }

  @Test
  void anAbsoluteTargetIsNoWayOutEither() throws IOException {
    secret();

    Reply reply =
        raw(
            "GET http://localhost:%d/../secret.txt HTTP/1.1\r\n$HOST\r\nConnection: close\r\n\r\n"
                .formatted(system.doors().main()));

    assertThat(reply.status()).isEqualTo(403);
    assertThat(reply.text()).doesNotContain(SECRET);
  }

  @Test
  void aLinkOutOfTheDirectoryIsForbidden() throws IOException {
    String name = Site.unique("link.txt");
    Path link = site.root().resolve(name);
    Files.createDirectories(link.getParent());
    Files.createSymbolicLink(link, secret());

    Reply reply = Http.get(system.doors().main(), "/" + name);

    assertThat(reply.status()).isEqualTo(403);
    assertThat(reply.text()).doesNotContain(SECRET);
  }

  @ParameterizedTest
  @ValueSource(strings = {".hidden", ".well-hidden/inside.txt", "sub/.env"})
  void hiddenFilesAreForbidden(String name) throws IOException {
    Path file = site.root().resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, SECRET);

    Reply reply = Http.get(system.doors().main(), "/" + name);

    assertThat(reply.status()).isEqualTo(403);
    assertThat(reply.text()).doesNotContain(SECRET);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/../secret.txt", "/%2e%2e/out.txt", "/a/../../out.txt", "/.hidden.txt"})
  void nothingIsWrittenOutsideEither(String path) throws IOException {
    secret();

    Reply reply =
        raw(
            "PUT /api/v1/files%s HTTP/1.1\r\n$HOST\r\nContent-Length: 3\r\nConnection: close\r\n\r\nnew"
                .formatted(path));

    assertThat(reply.status()).as(reply.toString()).isIn(400, 403, 404, 405);
    assertThat(system.data().resolve("secret.txt")).hasContent(SECRET);
    assertThat(system.data().resolve("out.txt")).doesNotExist();
  }

  @Test
  void aRequestWithoutHostIsMalformed() {
    assertThat(raw("GET /ping HTTP/1.1\r\nConnection: close\r\n\r\n").status()).isEqualTo(400);
    assertThat(raw("GET /ping HTTP/1.1\r\n$HOST\r\nHost: second\r\n\r\n").status()).isEqualTo(400);
    assertThat(raw("GET /ping HTTP/1.1\r\nHost:\r\n\r\n").status()).isEqualTo(400);
  }

  @ParameterizedTest
  @ValueSource(strings = {"example.com", "localhost.example.com", "127.0.0.1:1", "localhost:1"})
  void aRequestForAnotherHostIsForbidden(String host) {
    assertThat(raw("GET /ping HTTP/1.1\r\nHost: " + host + "\r\n\r\n").status()).isEqualTo(403);
  }

  @ParameterizedTest
  @CsvSource({"localhost", "127.0.0.1", "[::1]", "LOCALHOST"})
  void theNamesOfThisMachineAreTaken(String host) {
    assertThat(
            raw("GET /ping HTTP/1.1\r\nHost: %s:%d\r\n\r\n".formatted(host, system.doors().main()))
                .status())
        .isEqualTo(200);
  }
}
