package dev.signalbox.gateway.files;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.file.FileMain;
import dev.signalbox.gateway.GatewayFixture;
import dev.signalbox.gateway.RawClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Thousands of requests for files whose headers are right, almost right or nonsense. Each gets an
 * answer that blames the client, or says that there is no room; afterwards the server works as
 * before, and it stops without an event loop that waits.
 */
class HostileHeadersTest {

  private static final int CLIENTS = 8;
  private static final int REQUESTS = 400;
  private static final String UPLOADS = "/api/v1/uploads";

  private static final List<String> METHODS =
      List.of("GET", "HEAD", "PUT", "POST", "PATCH", "DELETE");

  private static final List<String> PATHS =
      List.of(
          "/a.txt",
          "/large.bin",
          "/a.js",
          "/missing",
          "/d/",
          "/upload",
          "/api/v1/files/a.txt",
          "/api/v1/files/up/b.txt",
          "/api/v1/files/d/?zip",
          UPLOADS,
          UPLOADS + "/$upload",
          UPLOADS + "/$upload");

  /** Only these are never replaced, moved or deleted. */
  private static final List<String> KEPT =
      List.of("/kept/a.txt", "/kept/large.bin", "/kept/large.bin?disposition=inline", "/kept/a.js");

  /** A header, and values of it that mean something. */
  private record Header(String name, List<String> values) {
    Header(String name, String... values) {
      this(name, List.of(values));
    }
  }

  private static final String DATE = "Sun, 06 Nov 1994 08:49:37 GMT";
  private static final String SHA_256 = "sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:";

  private static final List<Header> HEADERS =
      List.of(
          new Header(
              "Range",
              "bytes=0-9",
              "bytes=-5",
              "bytes=5-",
              "bytes=0-0,2-3,-1",
              "bytes=999999-",
              "bytes=0-9223372036854775807",
              "items=0-1",
              "bytes=" + "0-1,".repeat(200) + "-1"),
          new Header("If-Match", "*", "\"x\"", "W/\"x\", \"y\"", "\"\"", "\"x"),
          new Header("If-None-Match", "*", "\"x\"", "W/\"x\", \"y\"", "x"),
          new Header("If-Modified-Since", DATE, "Sunday, 06-Nov-94 08:49:37 GMT", "yesterday"),
          new Header("If-Unmodified-Since", DATE, "Sun Nov  6 08:49:37 1994", "0"),
          new Header("If-Range", "\"x\"", "W/\"x\"", DATE),
          new Header("Accept-Encoding", "gzip, br;q=0.5", "*;q=0", "identity;q=0", "zstd;q=x"),
          new Header(
              "Want-Repr-Digest", "sha-256=1", "sha-512=10, sha-256=3", "md5=1", "sha-256=99"),
          new Header("Want-Content-Digest", "sha-256=1", "sha-512=10", "sha-256", "=,=;="),
          new Header("Content-Digest", SHA_256, "sha-512=:AAAA:", "sha-256=AAAA", "md5=:AA==:"),
          new Header("Repr-Digest", SHA_256, "sha-256=::", "x"),
          new Header("Tus-Resumable", "1.0.0", "1.0.0", "1.0.0", "0.2.2"),
          new Header("Upload-Length", "0", "5", "100", "999999999999999999", "-1"),
          new Header("Upload-Offset", "0", "0", "5", "-1", "9223372036854775807"),
          new Header("Upload-Defer-Length", "1", "0"),
          new Header("Upload-Metadata", "path L3VwL2MudHh0", "filename YQ==,x", "path Li4=", ",,"),
          new Header("Upload-Concat", "partial", "final;" + UPLOADS + "/$upload", "final;", "x"),
          new Header("Upload-Checksum", "sha1 2jmj7l5rSw0yVb/vlWAYkK/YBwk=", "sha256 AAAA", "md5 "),
          new Header("X-HTTP-Method-Override", "PATCH", "DELETE", "GET"),
          new Header(
              "Content-Type",
              "application/offset+octet-stream",
              "application/offset+octet-stream",
              "application/json",
              "multipart/form-data; boundary=b",
              "multipart/form-data",
              "multipart/form-data; boundary=" + "b".repeat(200),
              "application/x-www-form-urlencoded",
              "/;="));

  private static final List<String> BODIES =
      List.of(
          "",
          "",
          "hello",
          "{\"a\": 1}",
          "{\"action\": \"move\", \"to\": \"/up/moved\"}",
          "{\"action\": \"copy\", \"to\": \"/up/copied\"}",
          "--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"x\"\r\n\r\nx\r\n--b--\r\n",
          "--b\r\nContent-Disposition: form-data; name=f; filename*=UTF-8''%E2\r\n\r\nx\r\n--b",
          "x".repeat(2_000));

  @TempDir private Path root;
  private final Set<Integer> statuses = ConcurrentHashMap.newKeySet();
  private GatewayFixture gateway;

  @BeforeEach
  void start() throws IOException {
    for (String folder : List.of("", "kept/", "d/")) {
      Files.createDirectories(root.resolve(folder));
      Files.writeString(root.resolve(folder + "a.txt"), "hello world");
      Files.write(root.resolve(folder + "large.bin"), new byte[300_000]);
      Files.writeString(root.resolve(folder + "a.js"), "let x = 1;".repeat(50));
      Files.writeString(root.resolve(folder + "a.js.gz"), "not looked into");
    }
    gateway =
        GatewayFixture.start(
            List.of(FileMain.SERVICE),
            "file.root",
            root.toString(),
            "file.max-total-bytes",
            "2000000",
            "file.max-resumable",
            "50",
            "file.small-file-bytes",
            "1000");
  }

  @AfterEach
  void stop() {
    gateway.close();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void givenHostileHeaders_whenSent_thenEachRequestIsAnsweredAndTheServerWorksAndStops(long seed)
      throws Exception {
    List<Callable<List<String>>> clients =
        IntStream.range(0, CLIENTS)
            .<Callable<List<String>>>mapToObj(i -> new Client(new Random(seed * CLIENTS + i))::run)
            .toList();
    List<String> wrong = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Future<List<String>> client : threads.invokeAll(clients)) {
        wrong.addAll(client.get());
      }
    }

    assertThat(wrong).isEmpty();
    // Some of them were understood.
    assertThat(statuses).contains(200, 201, 204, 206, 304, 400, 412, 416);
    Awaitility.await()
        .untilAsserted(() ->
            assertThat(gateway.get("/metrics").body()).contains("signalbox_gateway_in_flight 0.0"));
    assertThat(gateway.get("/kept/a.txt").body()).isEqualTo("hello world");
    gateway.close();
  }

  /** Sends requests one after the other, each over a connection of its own. */
  private final class Client {

    private final Random random;
    private final List<String> uploads = new ArrayList<>(List.of("0".repeat(32)));

    Client(Random random) {
      this.random = random;
    }

    /** Requests whose answers are wrong, with these. */
    List<String> run() {
      List<String> wrong = new ArrayList<>();
      for (int i = 0; i < REQUESTS; i++) {
        String request = request();
        boolean head = request.startsWith("HEAD ");
        try (RawClient client = gateway.raw()) {
          client.send(request);
          RawClient.Response response = head ? client.readHead() : client.read();
          String location = response.header("Location");
          if (location.startsWith(UPLOADS)) {
            uploads.add(location.substring(UPLOADS.length() + 1));
          }
          statuses.add(response.status());
          if (!isRight(response, head)) {
            wrong.add(request + "\n" + response);
          }
        } catch (RuntimeException e) {
          wrong.add(request + "\n" + e);
        }
      }
      return wrong;
    }

    private static boolean isRight(RawClient.Response response, boolean head) {
      return switch (response.status()) {
        case 503 -> !response.header("Retry-After").isEmpty() && (head || hasReason(response));
        case 507 -> head || hasReason(response);
        default -> response.status() >= 200 && response.status() < 500;
      };
    }

    private static boolean hasReason(RawClient.Response response) {
      return response.body().matches("(?s).*\"(detail|message)\": ?\"[^\"]+.*");
    }

    private String request() {
      String method = one(METHODS);
      boolean reads = method.equals("GET") || method.equals("HEAD");
      StringBuilder request = new StringBuilder(method).append(' ');
      request
          .append(one(reads && random.nextBoolean() ? KEPT : PATHS))
          .append(" HTTP/1.1\r\n$HOST\r\nConnection: close\r\n");
      for (int i = random.nextInt(6); i > 0; i--) {
        Header header = one(HEADERS);
        request.append(header.name()).append(": ").append(value(header)).append("\r\n");
      }
      if (random.nextBoolean()) {
        request.append("Tus-Resumable: 1.0.0\r\n");
      }
      String body = one(BODIES);
      if (random.nextInt(4) == 0) {
        request.append("Transfer-Encoding: chunked\r\n\r\n");
        if (!body.isEmpty()) {
          request.append(Integer.toHexString(body.length())).append("\r\n").append(body + "\r\n");
        }
        request.append("0\r\n\r\n");
      } else {
        request.append("Content-Length: " + body.length() + "\r\n\r\n").append(body);
      }
      return request.toString().replace("$upload", one(uploads));
    }

    private String value(Header header) {
      String right = one(header.values());
      return switch (random.nextInt(6)) {
        case 0 -> mutated(right);
        case 1 -> mutated(one(one(HEADERS).values()));
        case 2 -> nonsense(random.nextInt(random.nextInt(10) == 0 ? 2_000 : 20));
        default -> right;
      };
    }

    /** Without, with another, or with one more character in some places. */
    private String mutated(String text) {
      StringBuilder changed = new StringBuilder(text);
      for (int i = random.nextInt(3); i >= 0 && !changed.isEmpty(); i--) {
        int at = random.nextInt(changed.length());
        switch (random.nextInt(3)) {
          case 0 -> changed.deleteCharAt(at);
          case 1 -> changed.setCharAt(at, character());
          default -> changed.insert(at, character());
        }
      }
      return changed.toString();
    }

    private String nonsense(int length) {
      StringBuilder text = new StringBuilder();
      for (int i = 0; i < length; i++) {
        text.append(character());
      }
      return text.toString();
    }

    /** Of headers often, of any byte but the end of a line sometimes. */
    private char character() {
      String usual = "\"\\=,;:-*/ 09aZ%\t";
      if (random.nextInt(20) > 0) {
        return usual.charAt(random.nextInt(usual.length()));
      }
      char c = (char) random.nextInt(256);
      return c == '\r' || c == '\n' ? ' ' : c;
    }

    private <T> T one(List<T> of) {
      return of.get(random.nextInt(of.size()));
    }
  }
}
