package dev.signalbox.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The HTTP server of document 3: its directory, its transfers, its security. */
@ParameterizedClass
@EnumSource
class DocumentThreeIT {

  private final Deployment system;
  private final Site site;

  DocumentThreeIT(Shape shape) {
    this.system = shape.shared();
    this.site = new Site(system);
  }

  private Reply get(String path, String... headers) {
    return Http.get(system.doors().main(), path, headers);
  }

  @Test
  void theRootIsIndexHtml() {
    byte[] page = site.put("index.html", "<h1>Welcome, signal by signal</h1>");

    Reply root = get("/");

    assertThat(root.status()).isEqualTo(200);
    assertThat(root.header("content-type")).isEqualTo("text/html; charset=utf-8");
    assertThat(root.header("content-disposition")).isEmpty();
    assertThat(root.body()).isEqualTo(page);
  }

  @ParameterizedTest
  @ValueSource(strings = {"about.html", "contact.html"})
  void pagesAreShown(String name) {
    byte[] page = site.put(name, "<p>" + name + "</p>");

    Reply reply = get("/" + name);

    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.header("content-type")).isEqualTo("text/html; charset=utf-8");
    assertThat(reply.header("content-disposition")).isEmpty();
    assertThat(reply.body()).isEqualTo(page);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "sample.txt",
        "logo.png",
        "photo.jpg",
        "sample2.txt",
        "sample_image.png",
        "peacock_feather.jpg"
      })
  void everyOtherFileIsADownloadByteForByte(String name) {
    byte[] file = site.put(name, Site.picture(name.endsWith(".txt") ? 500 : 300_000));

    Reply reply = get("/" + name);

    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.header("content-type")).isEqualTo("application/octet-stream");
    assertThat(reply.header("content-disposition"))
        .isEqualTo("attachment; filename=\"" + name + "\"");
    assertThat(reply.header("content-length")).isEqualTo(Integer.toString(file.length));
    assertThat(reply.body()).isEqualTo(file);
  }

  @Test
  void aLargeFileArrivesWhole() {
    String name = Site.unique("large.bin");
    byte[] file = site.put(name, Site.picture(20_000_000));

    assertThat(get("/" + name).body()).isEqualTo(file);
  }

  @Test
  void headTellsWhatGetWould() {
    String name = Site.unique("head.txt");
    site.put(name, "0123456789");

    Reply head = Http.request(system.doors().main(), "HEAD", "/" + name, new byte[0]);

    assertThat(head.status()).isEqualTo(200);
    assertThat(head.header("content-length")).isEqualTo("10");
    assertThat(head.header("etag")).isEqualTo(get("/" + name).header("etag")).isNotEmpty();
  }

  @Test
  void rangesAndConditionsAreKept() {
    String name = Site.unique("range.txt");
    site.put(name, "0123456789");
    Reply whole = get("/" + name);

    Reply middle = get("/" + name, "Range: bytes=2-4");
    assertThat(middle.status()).isEqualTo(206);
    assertThat(middle.header("content-range")).isEqualTo("bytes 2-4/10");
    assertThat(middle.text()).isEqualTo("234");
    assertThat(get("/" + name, "Range: bytes=-3").text()).isEqualTo("789");
    assertThat(get("/" + name, "Range: bytes=90-").status()).isEqualTo(416);
    Reply several = get("/" + name, "Range: bytes=0-1,8-9");
    assertThat(several.status()).isEqualTo(206);
    assertThat(several.header("content-type")).startsWith("multipart/byteranges");
    String etag = whole.header("etag");
    assertThat(get("/" + name, "If-None-Match: " + etag).status()).isEqualTo(304);
    assertThat(get("/" + name, "If-None-Match: \"other\"").status()).isEqualTo(200);
    assertThat(get("/" + name, "If-Modified-Since: " + whole.header("last-modified")).status())
        .isEqualTo(304);
    assertThat(get("/" + name, "If-Match: \"other\"").status()).isEqualTo(412);
  }

  @Test
  void postedJsonBecomesAFileUnderUploads() {
    String data = "{\"name\": \"signal\", \"values\": [1, 2, 3], \"text\": \"ünïcode\"}";

    Reply created = Http.post(system.doors().main(), "/upload", data);

    assertThat(created.status()).isEqualTo(201);
    assertThat(created.json().path("status").asText()).isEqualTo("success");
    assertThat(created.json().path("message").asText()).isEqualTo("File created successfully");
    String path = created.json().path("filepath").asText();
    assertThat(path).matches("/uploads/upload_\\d{8}_\\d{6}_[0-9a-z]{4,}\\.json");
    assertThat(created.header("location")).endsWith(path);
    Reply back = get(path);
    assertThat(back.status()).isEqualTo(200);
    assertThat(back.text()).isEqualTo(data);
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"a\":", "{'a': 1}", "nonsense", "{\"a\":1}{\"b\":2}", ""})
  void whatIsNotOneJsonDocumentIsRefusedAndNotStored(String body) {
    long before = site.uploads();

    Reply refused = Http.post(system.doors().main(), "/upload", body);

    assertThat(refused.status()).as(refused.toString()).isEqualTo(400);
    assertThat(site.uploads()).isEqualTo(before);
  }

  @Test
  void postsOfOtherMediaTypesAreRefused() {
    Reply refused =
        Http.send(system.doors().main(), "POST", "/upload", "<a/>", "Content-Type: image/png");

    assertThat(refused.status()).isEqualTo(415);
  }

  @Test
  void missingFilesAreMissingAndOtherMethodsNotAllowed() {
    assertThat(get("/" + Site.unique("nothing.txt")).status()).isEqualTo(404);
    String name = Site.unique("fixed.txt");
    site.put(name, "x");
    Reply refused = Http.send(system.doors().main(), "DELETE", "/" + name, "");
    assertThat(refused.status()).isEqualTo(405);
    assertThat(refused.header("allow")).contains("GET").contains("HEAD");
    assertThat(get("/" + name).status()).isEqualTo(200);
  }

  @Test
  void connectionsPersistAndSayHowLong() {
    site.put("kept.html", "<p>kept</p>");
    try (RawConnection connection = new RawConnection(system.doors().main())) {
      Reply first = connection.get("/kept.html");
      Reply second = connection.get("/kept.html");

      assertThat(first.header("connection")).isEqualToIgnoringCase("keep-alive");
      assertThat(first.header("keep-alive")).isEqualTo("timeout=30, max=100");
      assertThat(second.status()).isEqualTo(200);
      assertThat(second.header("server")).isEqualTo("signalbox");
      assertThat(second.header("date")).isNotEmpty();
    }
  }

  @Test
  void theHundredAndFirstRequestFindsTheConnectionClosed() {
    try (RawConnection connection = new RawConnection(system.doors().main())) {
      for (int i = 1; i < 100; i++) {
        Reply reply = connection.get("/ping");
        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.header("connection"))
            .as("request " + i)
            .isEqualToIgnoringCase("keep-alive");
      }
      Reply last = connection.get("/ping");
      assertThat(last.status()).isEqualTo(200);
      assertThat(last.header("connection")).isEqualToIgnoringCase("close");

      connection.send(Http.head("GET", "/ping", -1));
      assertThat(connection.closedByServer()).isTrue();
    }
  }

  @Test
  void aConnectionWhoseClientSaysCloseIsClosed() {
    try (RawConnection connection = new RawConnection(system.doors().main())) {
      connection.send(Http.head("GET", "/ping", -1, "Connection: close"));

      assertThat(connection.read().header("connection")).isEqualToIgnoringCase("close");
      assertThat(connection.closedByServer()).isTrue();
    }
  }

  @Test
  void manyClientsAreServedAtOnce() throws InterruptedException {
    String name = Site.unique("shared.bin");
    byte[] file = site.put(name, Site.picture(200_000));
    Load load = new Load();
    for (int i = 0; i < 50; i++) {
      load.run(() -> assertThat(get("/" + name).body()).isEqualTo(file));
    }
    load.awaitAll();
  }

  @Test
  void anAnswerIsNamedAfterTheRequestThatAskedForIt() {
    Reply reply = get("/ping", "X-Request-Id: mine-1");

    assertThat(reply.header("x-request-id")).isEqualTo("mine-1");
    assertThat(new String(reply.body(), StandardCharsets.UTF_8)).isEqualTo("{}");
  }
}
