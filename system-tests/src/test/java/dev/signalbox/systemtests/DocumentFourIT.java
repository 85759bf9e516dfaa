package dev.signalbox.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** PyThreadServe, document 4, as curl calls it. */
@ParameterizedClass
@EnumSource
class DocumentFourIT {

  /** What the gateway hands on at once: with it an upload is under way. */
  private static final int PIECE = 262_144;

  private final Deployment system;
  private final Site site;
  private final int port;

  DocumentFourIT(Shape shape) {
    this.system = shape.shared();
    this.site = new Site(system);
    this.port = system.doors().main();
  }

  @Test
  void getOfAFile() {
    byte[] file = site.put("filename.txt", "what the file holds\n");

    Reply reply = Clients.curl(port, "/filename.txt");

    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.body()).isEqualTo(file);
  }

  @Test
  void postOfContent() {
    Reply created = Clients.curlPost(port, "/upload", "Your content here");

    assertThat(created.status()).isEqualTo(201);
    String path = created.json().path("filepath").asText();
    assertThat(path).matches("/uploads/upload_\\d{8}_\\d{6}_[0-9a-z]{4,}\\.txt");
    assertThat(Clients.curl(port, path).text()).isEqualTo("Your content here");
  }

  @Test
  void everyUploadHasANameOfItsOwn() throws InterruptedException {
    List<String> paths = new ArrayList<>();
    Load load = new Load();
    for (int i = 0; i < 5; i++) {
      String content = "content " + i;
      load.run(() -> {
        Reply created = Clients.curlPost(port, "/upload", content);
        assertThat(created.status()).isEqualTo(201);
        String path = created.json().path("filepath").asText();
        assertThat(Clients.curl(port, path).text()).isEqualTo(content);
        synchronized (paths) {
          paths.add(path);
        }
      });
    }
    load.awaitAll();

    assertThat(paths).hasSize(5).doesNotHaveDuplicates();
  }

  @Test
  void theSixthUploadAtOnceIsRefusedAndTheFiveAreStored() {
    List<RawConnection> five = new ArrayList<>();
    try {
      for (int i = 0; i < 5; i++) {
        RawConnection upload = new RawConnection(port);
        five.add(upload);
        upload.send(Http.head("POST", "/upload", 2 * PIECE, "Content-Type: text/plain"));
        upload.send("a".repeat(PIECE));
      }

      // Until all five have begun one more may still get in.
      Reply[] refused = new Reply[1];
      Awaitility.await("a refusal")
          .atMost(Duration.ofSeconds(30))
          .until(() -> {
            refused[0] = Clients.curlPost(port, "/upload", "one too many");
            return refused[0].status() != 201;
          });
      assertThat(refused[0].status()).isEqualTo(503);
      assertThat(refused[0].header("retry-after")).matches("\\d+");

      for (RawConnection upload : five) {
        Reply created = upload.send("b".repeat(PIECE)).read();
        assertThat(created.status()).isEqualTo(201);
        assertThat(Clients.curl(port, created.json().path("filepath").asText()).text())
            .isEqualTo("a".repeat(PIECE) + "b".repeat(PIECE));
      }
    } finally {
      five.forEach(RawConnection::close);
    }
    assertThat(Clients.curlPost(port, "/upload", "room again").status()).isEqualTo(201);
  }

  @Test
  void anUploadThatBreaksOffLeavesNothingAndFreesItsPlace() {
    for (int i = 0; i < 6; i++) {
      long before = site.uploads();
      try (RawConnection upload = new RawConnection(port)) {
        upload.send(Http.head("POST", "/upload", 2 * PIECE, "Content-Type: text/plain"));
        upload.send("a".repeat(PIECE));
      }
      Awaitility.await("nothing left")
          .atMost(Duration.ofSeconds(30))
          .until(() -> site.uploads() <= before);
    }
    Awaitility.await("places free")
        .atMost(Duration.ofSeconds(30))
        .until(() -> Clients.curlPost(port, "/upload", "after").status() == 201);
  }

  @Test
  void http10ClosesUnlessAskedToStay() {
    site.put("filename.txt", "what the file holds\n");
    try (RawConnection connection = new RawConnection(port)) {
      Reply reply = connection.send("GET /filename.txt HTTP/1.0\r\n$HOST\r\n\r\n").read();

      assertThat(reply.status()).isEqualTo(200);
      assertThat(connection.closedByServer()).isTrue();
    }
    try (RawConnection connection = new RawConnection(port)) {
      String asking = "GET /filename.txt HTTP/1.0\r\n$HOST\r\nConnection: keep-alive\r\n\r\n";
      assertThat(connection.send(asking).read().status()).isEqualTo(200);
      assertThat(connection.send(asking).read().status()).isEqualTo(200);
    }
  }

  @Test
  void errorsHaveTheirStatus() {
    assertThat(Clients.curl(port, "/" + Site.unique("missing.txt")).status()).isEqualTo(404);
    assertThat(Clients.curl(port, "/../server.py").status()).isEqualTo(403);
    assertThat(Http.send(port, "PUT", "/filename.txt", "x").status()).isEqualTo(405);
    try (RawConnection connection = new RawConnection(port)) {
      assertThat(connection.send("NONSENSE\r\n\r\n").read().status()).isEqualTo(400);
    }
  }

  @Test
  void everyRequestIsALineOfTheLog() {
    String id = "log-" + UUID.randomUUID();
    Http.get(port, "/" + id + ".txt", "X-Request-Id: " + id);

    Pattern line = Pattern.compile("(?m)^.*GET.*/" + id + "\\.txt.*404.*$");
    Awaitility.await("the line")
        .atMost(Duration.ofSeconds(30))
        .until(() -> line.matcher(system.output()).find());
  }
}
